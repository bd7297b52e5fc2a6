/** Der erste Start: ein neuer Schwarm, oder einem beitreten; und der Wiederherstellungscode. */
import type { welcome as english } from '../en/welcome.ts'

export const welcome: Readonly<Record<keyof typeof english, string>> = {
  'welcome.title': 'Dieses Gerät ist bereit',
  'welcome.text':
    'Es führt sein eigenes Log und arbeitet ohne Netz. Zusammen mit anderen Geräten teilt es ein gemeinsames Log, ohne zentralen Server dazwischen.',
  'welcome.found': 'Neuen Schwarm beginnen',
  'welcome.foundText': 'Für das erste Gerät eines Werks oder einer Halle. Weitere Geräte werden von hier eingeladen.',
  'welcome.join': 'Einem Schwarm beitreten',
  'welcome.joinText':
    'Für jedes weitere Gerät. Sie brauchen eine Einladung: einen Link oder einen Code zum Abfotografieren.',
  'welcome.look': 'Erst einmal umsehen',
  'welcome.lookText': 'Auch allein kann dieses Gerät alles. „Beginn“ in der Navigation führt hierher zurück.',
  'welcome.back': 'Zurück',
  'welcome.deviceName': 'Name dieses Geräts',
  'welcome.deviceHint': 'Damit andere es erkennen: wo es hängt oder wem es gehört.',

  'found.title': 'Neuen Schwarm beginnen',
  'found.name': 'Name des Schwarms',
  'found.hint': 'Zum Beispiel „Werk Nord, Halle 3“. Alle Geräte sehen ihn.',
  'found.start': 'Beginnen',
  'found.keeps': '{count} {count|Ereignis dieses Geräts kommt|Ereignisse dieses Geräts kommen} mit.',

  'recovery.title': 'Wiederherstellungs\u00ADcode aufbewahren',
  'recovery.why':
    'Gehen alle Admin-Geräte von „{name}“ verloren, lässt sich der Schwarm nur mit diesem Code wieder aufnehmen. Er steht hier nur, bis Sie bestätigen, dass Sie ihn aufbewahren; dann wird er von diesem Gerät gelöscht.',
  'recovery.how':
    'Drucken Sie ihn aus oder schreiben Sie ihn ab, und bewahren Sie ihn wie einen Schlüssel auf. Wer ihn hat, kann Geräte aufnehmen. Eingegeben wird er unter „Geräte“ auf irgendeinem Gerät des Schwarms.',
  'recovery.print': 'Drucken',
  'recovery.copy': 'Kopieren',
  'recovery.copied': 'Kopiert',
  'recovery.prove': 'Zur Sicherheit: Tippen Sie die letzte Gruppe des Codes ein',
  'recovery.wrong': 'Das ist nicht die letzte Gruppe. Vergleichen Sie mit Ihrer Abschrift.',
  'recovery.kept': 'Ich bewahre ihn auf',
  'recovery.later': 'Später',
  'recovery.gone': 'Der Wiederherstellungscode ist nicht mehr auf diesem Gerät: Er wurde als aufbewahrt bestätigt.',
  'recovery.banner': 'Der Wiederherstellungscode von „{name}“ ist noch nicht aufbewahrt.',
  'recovery.show': 'Jetzt aufbewahren',

  'sheet.recovery': 'Wiederherstellungscode',
  'sheet.date': 'Gedruckt am',
  'sheet.id': 'Schwarm-ID',
  'sheet.what':
    'Mit diesem Code lässt sich der Schwarm wieder aufnehmen, wenn alle Admin-Geräte verloren sind. Wer ihn hat, kann Geräte aufnehmen: unter Verschluss aufbewahren, nicht neben einem Gerät.',
  'sheet.checked': 'Geprüft von',
  'sheet.place': 'Aufbewahrt in',

  'join.title': 'Einem Schwarm beitreten',
  'join.pasteHint': 'Den ganzen Link oder den Text, den Sie bekommen haben.',
  'join.invited': 'Sie sind eingeladen zu',
  'join.until': 'gültig bis {time}',
  'join.expired': 'Diese Einladung galt bis {time}. Bitten Sie um eine neue.',
  'join.asAdmin': 'Dieses Gerät wird Admin: Es darf andere einladen.',
  'join.start': '{name} beitreten',
  'join.keeps':
    '{count} {count|Ereignis|Ereignisse} dieses Geräts {count|bleibt|bleiben} hier les- und exportierbar, {count|kommt|kommen} aber nicht mit.',
  'join.leaves':
    'Dieses Gerät ist zurzeit in „{name}“. Mit dem Beitritt verlässt es ihn: Sein bisheriges Log bleibt hier les- und exportierbar.',
  'join.same': 'Dieses Gerät ist schon in „{name}“. Es gibt nichts zu tun.',
  'join.toDevices': 'Zu den Geräten',
  'join.joining': 'Beitritt zu {name}',
  'join.step.searching': 'Ein Mitglied wird gesucht',
  'join.step.linking': 'Verbindung entsteht',
  'join.step.proving': 'Beide weisen sich aus',
  'join.step.committing': 'Mitgliedschaft wird festgehalten',
  'join.step.replicating': 'Das Log kommt herein',
  'join.since': 'seit {time}',
  'join.goesOn': 'Es geht von selbst weiter, auch nach einem Neustart.',
  'join.byHand': 'Niemand erreichbar? Zwei Geräte mit Codes verbinden',
  'join.failed': 'Nicht beigetreten',
  'join.another': 'Andere Einladung verwenden',
  'join.done': 'Dieses Gerät ist jetzt in „{name}“.',
  'join.received': '{count} {count|Ereignis|Ereignisse} empfangen.',
  'join.toReceive': '{count} {count|weiteres ist|weitere sind} unterwegs.',
  'join.complete': 'Alles ist da.',
  'join.showEvents': 'Ereignisse zeigen',

  'error.invitation': 'Das ist keine Einladung. Bitten Sie um einen neuen Link und fügen Sie ihn ganz ein.',
  'error.invitationExpired': 'Die Einladung ist abgelaufen. Bitten Sie um eine neue.',
  'error.invitationUsed':
    'Mit dieser Einladung sind schon so viele Geräte beigetreten, wie sie erlaubt. Bitten Sie um eine neue.',
  'error.alreadyMember': 'Dieses Gerät ist schon in diesem Schwarm.',
  'error.joinCancelled': 'Der Beitritt wurde abgebrochen.',
  'error.notAdmin': 'Das kann nur ein Admin-Gerät.',
  'error.code': 'Das ist kein solcher Code. Kopieren Sie ihn ganz vom anderen Gerät.',
  'error.codeExpired': 'Auf diesen Code wartet niemand mehr. Fangen Sie auf beiden Geräten noch einmal an.',
  'error.noRadio':
    'Kein Tab dieses Geräts ist auf dem Bildschirm, also kann es keine Verbindung halten. Holen Sie diesen nach vorn.',
  'error.noLink':
    'Ein Gerät des Schwarms wurde gefunden, aber keine Verbindung kam zustande. Prüfen Sie, ob beide im selben Netz sind. Es wird von selbst weiter versucht.',
  'error.noWay':
    'Die Einladung nennt keine Station, also lässt sich damit niemand finden. Verbinden Sie dieses Gerät unten von Hand mit einem des Schwarms.',
  'error.noStation':
    'Keine Station ist erreichbar. Prüfen Sie das Netz dieses Geräts, oder verbinden Sie es unten von Hand mit einem des Schwarms.',
  'error.nobody':
    'Noch hat kein Gerät des Schwarms geantwortet. Öffnen Sie Shoal auf einem davon und lassen Sie es auf dem Bildschirm: Jedes taugt dazu.',
  'error.founded': 'Der Wiederherstellungscode wurde als aufbewahrt bestätigt; er ist nicht mehr auf diesem Gerät.',
}
