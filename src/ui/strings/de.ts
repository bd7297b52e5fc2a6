/** Alle Wörter der Konsole auf Deutsch; die Schlüssel sind die der englischen. */
import { andon } from './de/andon.ts'
import { causes } from './de/causes.ts'
import { check } from './de/check.ts'
import { devices } from './de/devices.ts'
import { fleet } from './de/fleet.ts'
import { diary } from './de/diary.ts'
import { move } from './de/move.ts'
import { scan } from './de/scan.ts'
import { welcome } from './de/welcome.ts'
import type { en } from './en.ts'

export const de: Readonly<Record<keyof typeof en, string>> = {
  ...andon,
  ...causes,
  ...check,
  ...devices,
  ...fleet,
  ...diary,
  ...move,
  ...scan,
  ...welcome,

  'common.cancel': 'Abbrechen',
  'common.close': 'Schließen',
  'common.save': 'Speichern',

  'nav.label': 'Ansichten',
  'nav.skip': 'Zum Inhalt springen',
  'nav.andon': 'Hilfe',
  'nav.welcome': 'Beginn',
  'nav.recovery': 'Wiederherstellungscode',
  'nav.devices': 'Geräte',
  'nav.more': 'Mehr',
  'nav.overview': 'Übersicht',
  'nav.events': 'Ereignisse',
  'nav.query': 'Abfrage',
  'nav.publish': 'Schreiben',
  'nav.import': 'Import',
  'nav.check': 'Prüfen',
  'nav.diary': 'Tagebuch',
  'nav.theme': 'Darstellung',
  'theme.auto': 'Automatisch',
  'theme.light': 'Hell',
  'theme.dark': 'Dunkel',

  'banner.refused': 'Der Knoten antwortet diesem Tab nicht.',
  'banner.reload': 'Neu laden',
  'banner.restarting': 'Der Knoten startet gerade neu. Was Sie jetzt tun, wartet, bis er wieder antwortet.',
  'banner.reloadPending':
    'Dieser Tab zeigt noch die vorige Version. Er lädt von selbst neu, sobald niemand mehr darin tippt.',
  'banner.update': 'Eine neue Version liegt bereit.',
  'banner.updateWhen': 'Nach {time} wird sie von selbst übernommen, sobald das Gerät eine Weile unberührt ist.',
  'banner.apply': 'Jetzt aktualisieren',

  'error.full':
    'Auf diesem Gerät ist kein Platz mehr. Schaffen Sie Platz (Dateien, Fotos oder andere Apps löschen) und versuchen Sie es dann noch einmal. Es wurde nichts geschrieben.',
  'error.progress':
    'Ein anderer Tab importiert dieselbe Datei. Lassen Sie ihn fertig werden, oder schließen Sie ihn und fahren Sie hier fort.',
  'error.outdated': 'Dieser Tab ist älter als der Knoten. Bitte neu laden.',
  'error.changed': 'Während des Lesens hat sich das Log geändert. Bitte noch einmal abfragen.',

  'overview.waiting': 'Warte auf den Knoten …',
  'overview.emptyTitle': 'Das Log ist noch leer',
  'overview.emptyText':
    'Importieren Sie eine Datei mit Messwerten, probieren Sie das Beispiel aus, oder schreiben Sie ein Ereignis von Hand. Alles bleibt auf diesem Gerät und funktioniert ohne Netz.',
  'overview.emptyImport': 'Datei importieren',
  'overview.emptyPublish': 'Ereignis schreiben',
  'overview.events': 'Ereignisse gespeichert',
  'overview.density': '{bytes} auf dem Datenträger in {runs} {runs|Abschnitt|Abschnitten}, {per} Byte je Ereignis',
  'overview.node': 'Dieser Knoten',
  'overview.name': 'Name dieses Knotens',
  'overview.unnamed': 'Noch ohne Namen',
  'overview.rename': 'Umbenennen',
  'overview.id': 'Knoten-ID',
  'overview.copy': 'Knoten-ID kopieren',
  'overview.running': 'Läuft seit {time}, Version {version}',
  'overview.storage': 'Speicher',
  'overview.storageUnknown': 'Dieser Browser verrät nicht, wie viel Platz da ist.',
  'overview.usedShare': '{share} Prozent belegt',
  'overview.used': 'Belegt',
  'overview.free': 'Frei',
  'overview.log': 'Log',
  'overview.nearlyFull':
    'Dieses Gerät ist fast voll. Schaffen Sie Platz: Ist es voll, kann kein Ereignis mehr gespeichert werden.',
  'overview.standing': 'So läuft Shoal hier',
  'overview.quarantined': 'Beschädigte Teile des Logs',
  'overview.quarantinedText':
    'Diese Ereignisse waren auf dem Gerät beschädigt und wurden beiseitegelegt. Alles andere ist unversehrt. Importieren Sie sie erneut, wenn Sie sie in einer Datei haben.',
  'overview.stream': 'Strom',
  'overview.offsets': 'Positionen',
  'overview.reason': 'Grund',
  'overview.diary': 'Tagebuch',

  'standing.worker.starting': 'Der Knoten startet',
  'standing.worker.starting.text': 'Das dauert ein, zwei Sekunden.',
  'standing.worker.running': 'Der Knoten läuft',
  'standing.worker.running.text': 'Ereignisse werden sofort auf diesem Gerät gespeichert, mit oder ohne Netz.',
  'standing.worker.restarting': 'Der Knoten startet neu',
  'standing.worker.restarting.text':
    'Der Browser hatte ihn angehalten. Nichts ist verloren; was Sie tun, wartet, bis er antwortet.',
  'standing.worker.refused': 'Der Knoten weist diesen Tab ab',
  'standing.worker.refused.text': 'Laden Sie den Tab neu. Der Grund steht oben.',
  'standing.uncontrolled': 'Am Knoten vorbei geladen',
  'standing.uncontrolled.text':
    'Dieser Tab wurde mit Umschalt und Neuladen geöffnet. Apps unter dieser Adresse erreichen den Knoten von hier aus nicht; einmal normal neu laden behebt das.',
  'standing.installed': 'Als App installiert',
  'standing.installed.text': 'Startet vom Startbildschirm, füllt den Bildschirm und funktioniert ohne Netz.',
  'standing.notInstalled': 'Nicht installiert',
  'standing.notInstalled.text':
    'Installieren Sie Shoal, um es vom Startbildschirm zu starten und damit der Browser die Daten behält.',
  'standing.byHand.text': 'Öffnen Sie das Teilen-Menü des Browsers und wählen Sie „Zum Home-Bildschirm“.',
  'standing.noPrompt.text':
    'Dieser Browser bietet gerade keine Installation an. Shoal funktioniert hier trotzdem, auch ohne Netz.',
  'standing.install': 'Installieren',
  'standing.persist': 'Browser fragen',
  'standing.persistence.unasked': 'Um dauerhaften Speicher wurde noch nicht gebeten',
  'standing.persistence.unasked.text':
    'Bis dahin darf der Browser hier alles löschen, wenn der Platz auf dem Gerät knapp wird.',
  'standing.persistence.granted': 'Die Daten bleiben erhalten',
  'standing.persistence.granted.text': 'Der Browser hat zugesagt, sie nicht von sich aus zu löschen.',
  'standing.persistence.refused': 'Der Browser darf die Daten löschen',
  'standing.persistence.refused.text':
    'Eine Zusage hat er verweigert. Meist hilft es, die App zu installieren oder öfter zu benutzen; exportieren Sie das Log, bevor Sie sich allein auf dieses Gerät verlassen.',
  'standing.persistence.unsupported': 'Der Browser sagt nichts zu',
  'standing.persistence.unsupported.text':
    'Er kennt keinen Weg, Daten sicher zu behalten. Exportieren Sie das Log von Zeit zu Zeit.',

  'events.live': 'Live',
  'events.paused': 'Angehalten, {count} warten',
  'events.pause': 'Anhalten',
  'events.resume': 'Weiter',
  'events.none': 'Noch keine Ereignisse. Was geschrieben oder importiert wird, erscheint hier.',
  'events.older': 'Zu sehen sind die neuesten {count}. Ältere finden Sie mit einer Abfrage.',

  'details.queryTag': 'Ereignisse mit diesem Tag zeigen',
  'details.app': 'App',
  'details.lamport': 'Lamport',
  'details.offset': 'Position',
  'details.stream': 'Strom',

  'query.box': 'Abfrage in AQL',
  'query.ask': 'Abfragen',
  'query.help':
    'Tags stehen in einfachen Anführungszeichen und lassen sich mit & (und) und | (oder) verbinden. Die neuesten Ereignisse stehen oben, außer die Abfrage sagt ORDER ASC.',
  'query.count': '{count} {count|Ereignis|Ereignisse} in {time}',
  'query.some': 'Die neuesten {count} Ereignisse in {time}; es gibt weitere',
  'query.more': 'Weitere {count} lesen',

  'table.label': 'Gefundene Ereignisse',
  'table.raw': 'Als JSON zeigen',
  'table.time': 'Gespeichert',
  'table.tags': 'Tags',
  'table.payload': 'Inhalt',
  'table.before': 'Vorige Seite',
  'table.after': 'Nächste Seite',
  'table.range': '{from}–{to} von {total}',

  'publish.tags': 'Tags',
  'publish.tagHint': 'Tag eingeben, dann Enter',
  'publish.removeTag': '{tag} entfernen',
  'publish.payload': 'Inhalt (JSON)',
  'publish.valid': 'Das ist gültiges JSON.',
  'publish.invalid': 'Zeile {line}, Spalte {column}: „{found}“ gehört hier nicht hin.',
  'publish.unfinished': 'Zeile {line}, Spalte {column}: Hier endet der Text zu früh.',
  'publish.tidy': 'Ordnen',
  'publish.publishing': 'Wird geschrieben …',
  'publish.stored': 'Auf diesem Gerät gespeichert',
  'publish.where': 'Position {offset}, Lamport {lamport}, {time}',
  'publish.show': 'Ereignisse mit diesem Tag zeigen',
  'publish.notStored': 'Nicht gespeichert',
  'publish.draftKept': 'Was Sie geschrieben haben, bleibt hier stehen, auch wenn der Tab geschlossen wird.',

  'export.log': 'Log exportieren',
  'export.result': 'Ergebnis exportieren',
  'export.running': '{count} {count|Ereignis|Ereignisse} geschrieben …',
  'export.done': '{count} {count|Ereignis|Ereignisse} exportiert',

  'import.pick': 'Datei auswählen oder hier ablegen',
  'import.kinds': 'CSV oder NDJSON in jeder Größe; auch, was Shoal exportiert hat',
  'import.sample': 'Beispiel ausprobieren',
  'import.sampleText': 'Keine Datei zur Hand? Das Beispiel enthält 504 erfundene Messwerte von drei Maschinen.',
  'import.opening': 'Datei wird gelesen: {done} von {total}',
  'import.start': 'Importieren',
  'import.continue': 'Fortsetzen, wo es aufhörte',
  'import.again': 'Noch einmal importieren',
  'import.another': 'Andere Datei',
  'import.unfinished':
    'Diese Datei wurde zum Teil importiert: {count} {count|Datensatz ist|Datensätze sind} erledigt. Fortsetzen ergänzt den Rest und verdoppelt nichts.',
  'import.finished':
    'Diese Datei wurde bereits vollständig importiert ({count} ×). Noch einmal importieren speichert jedes Ereignis erneut.',
  'import.running': 'Ein Import läuft',
  'import.stored': 'Ereignisse gespeichert',
  'import.bad': 'Ausgelassene Zeilen',
  'import.rate': 'Tempo',
  'import.perSecond': '{count}/s',
  'import.left': 'Restzeit',
  'import.took': 'Dauer',
  'import.done': 'Fertig. {count} {count|Ereignis ist|Ereignisse sind} auf diesem Gerät gespeichert.',
  'import.cancelled':
    'Abgebrochen. {count} {count|Ereignis ist|Ereignisse sind} gespeichert; Sie können jederzeit fortsetzen, nichts wird verdoppelt.',
  'import.failed':
    '{count} {count|Ereignis ist|Ereignisse sind} gespeichert. Setzen Sie fort, sobald der Grund behoben ist: Nichts geht verloren, nichts wird verdoppelt.',
  'import.toQuery': 'Log abfragen',
  'import.badTitle': '{count} {count|Zeile wurde|Zeilen wurden} nicht übernommen',
  'import.badSave': 'Liste speichern',
  'import.badMore': '{count} weitere; die ersten 10.000 stehen in der gespeicherten Liste.',
  'import.line': 'Zeile',
  'import.why': 'Grund',
  'import.content': 'Inhalt',

  'map.delimiter': 'Spalten sind getrennt durch',
  'map.comma': 'Komma ,',
  'map.semicolon': 'Semikolon ;',
  'map.tab': 'Tabulator',
  'map.pipe': 'Strich |',
  'map.header': 'Erste Zeile nennt die Spalten',
  'map.export': 'Das ist ein Export von Shoal. Tags und Inhalte werden unverändert übernommen.',
  'map.tags': 'Tags an jedem Ereignis',
  'map.tagsText':
    'Über Tags findet man Ereignisse wieder. Spaltennamen in geschweiften Klammern werden eingesetzt: {example}.',
  'map.newTag': 'Neuer Tag',
  'map.addTag': 'Hinzufügen',
  'map.unknown': 'Diese Spalte gibt es nicht: {names}. Tags, die sie nennen, entfallen.',
  'map.columns': 'Spalten',
  'map.columnsText': 'Wählen Sie ab, was nicht in den Inhalt soll. Leere Zellen entfallen.',
  'map.keys': 'Schlüssel, die in den Inhalt kommen',
  'map.field': 'Name von {name} im Inhalt',
  'map.type': 'Typ von {name}',
  'map.as.auto': 'Automatisch',
  'map.as.number': 'Zahl 1.5',
  'map.as.comma': 'Zahl 1,5',
  'map.as.text': 'Text',
  'map.as.boolean': 'Ja / Nein',
  'map.preview': 'Die ersten Ereignisse',
  'map.someBad': '{bad} der ersten {of} Zeilen können nicht übernommen werden.',

  'bad.line': 'Zeile {line}:',
  'bad.encoding': 'Kein Text in der Zeichenkodierung der Datei.',
  'bad.tooLong': 'Länger als 4 MiB.',
  'bad.quotes': 'Ein Anführungszeichen wird geöffnet, aber nicht richtig geschlossen.',
  'bad.columns': '{found} Spalten statt {expected}.',
  'bad.json': 'Kein JSON: Spalte {column}, bei „{found}“.',
  'bad.number': 'Spalte {column}: „{text}“ ist keine Zahl.',
  'bad.boolean': 'Spalte {column}: „{text}“ ist weder Ja noch Nein.',
  'bad.notExport': 'Kein Ereignis eines Exports.',
  'bad.tag': 'Der Tag „{tag}“ ist leer, zu lang oder kein gültiger Text.',
  'bad.tags': 'Mehr als {max} Tags.',
  'bad.payload': 'Der Inhalt ist größer als 1 MiB.',
  'bad.depth': 'Tiefer als {max} Ebenen verschachtelt.',

  // wo die Konsole nicht laufen kann; ein Schritt je Zeile
  'blocked.reload': 'Neu laden',
  'blocked.insecure.title': 'Diese Adresse ist nicht sicher',
  'blocked.insecure.text':
    'Browser lassen eine App nur über https, oder von genau diesem Rechner aus, Daten behalten und ohne Netz arbeiten.',
  'blocked.insecure.steps':
    'Die Adresse öffnen, die mit https:// beginnt, wie die Station sie anzeigt.\nAuf dem Rechner der Station http://localhost:4454/ öffnen statt seines Namens oder seiner Nummer.',
  'blocked.no-worker.title': 'Dieser Browser kann Shoal hier nicht ausführen',
  'blocked.no-worker.text': 'Er bietet keinen Service Worker: den Teil einer Web-App, der ohne Netz weiterarbeitet.',
  'blocked.no-worker.steps': 'Privates Surfen verlassen.\nEinen aktuellen Chrome, Edge, Firefox oder Safari benutzen.',
  'blocked.not-registered.title': 'Der Browser hat die Installation von Shoal verweigert',
  'blocked.not-registered.text':
    'Meist liegt es an einem Zertifikat, dem dieses Gerät nicht vertraut, auch wenn „trotzdem fortfahren“ gewählt wurde.',
  'blocked.not-registered.steps':
    'Das Zertifikat der Station auf diesem Gerät installieren, dann neu laden.\nDieser Adresse erlauben, Daten zu behalten (Cookies und Websitedaten).\nNachsehen, ob die Station läuft und erreichbar ist.',
  'blocked.untrusted.title': 'Dieses Gerät kann noch kein Knoten sein',
  'blocked.untrusted.text':
    'Es vertraut dem Zertifikat dieser Adresse nicht. Deshalb lässt der Browser hier keine App bleiben, auch wenn an seiner Warnung vorbeigegangen wurde. Auf diesem Gerät würde nichts behalten.',
  'blocked.untrusted.steps':
    'Das Zertifikat der Station, oder das des Werks, auf diesem Gerät installieren, dann neu laden.\nAuf iPad und iPhone braucht es einen zweiten Schalter: Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen.\nNachsehen, ob das Datum dieses Geräts stimmt.',
  'blocked.untrusted.open': 'Schritt für Schritt',
  'blocked.no-storage.title': 'Dieser Browser gibt Shoal keinen Speicher',
  'blocked.no-storage.text':
    'Ohne ihn kann auf diesem Gerät nichts behalten werden. Zurzeit wird kein Ereignis gespeichert.',
  'blocked.no-storage.steps':
    'Privates Surfen verlassen.\nDieser Adresse erlauben, Daten zu behalten (Cookies und Websitedaten), dann neu laden.\nWenn es vorher ging: den Browser neu starten.',
  'blocked.failed.title': 'Shoal konnte nicht starten',
  'blocked.failed.text': 'Etwas Unvorhergesehenes ist schiefgegangen. Was gespeichert war, ist sicher.',
  'blocked.failed.steps': 'Neu laden.\nWenn das nicht hilft: den Browser neu starten.',
}
