/** Geräte hereinholen, und was ein Admin über ein Gerät sagt: außer Betrieb, ausgeschlossen, ersetzt. */
import type { fleet as english } from '../en/fleet.ts'

export const fleet: Readonly<Record<keyof typeof english, string>> = {
  'nav.invite': 'Geräte einladen',
  'nav.recover': 'Wiederherstellungscode eingeben',
  'fleet.back': 'Alle Geräte',
  'fleet.onlyAdmins': 'Das kann nur ein Admin-Gerät. Das ist hier: {names}.',
  'fleet.noAdmin': 'keines',
  'fleet.recoverLink': 'Kein Admin-Gerät mehr da? Wiederherstellungscode eingeben',

  'invite.kind': 'Für wen',
  'invite.kindOne': 'Ein Gerät',
  'invite.kindOneText': 'Es scannt den Code von diesem Bildschirm.',
  'invite.kindMany': 'Ein Aushang für mehrere',
  'invite.kindManyText': 'Zum Ausdrucken, oder um von Gerät zu Gerät zu gehen.',
  'invite.howMany': 'Für wie viele Geräte',
  'invite.name': 'Name des Geräts',
  'invite.names': 'Namen der Geräte',
  'invite.nameHint': 'Darf leer bleiben: Dann wird das Gerät auf seinem eigenen Bildschirm benannt.',
  'invite.namesHint': '{place} wird zu 1, 2, 3 … in der Reihenfolge, in der sie hereinkommen.',
  'invite.namesLike': 'Linie 3 – {place}',
  'invite.preview': 'Sie heißen dann',
  'invite.previewTo': 'bis',
  'invite.more': 'Weitere Einstellungen',
  'invite.home': 'Was das Symbol auf dem Startbildschirm öffnet',
  'invite.homeUsual': 'Hilfe rufen, wie üblich',
  'invite.homeEvents': 'Ereignisse',
  'invite.homeDevices': 'Geräte',
  'invite.homeOverview': 'Übersicht',
  'invite.language': 'Sprache des Bildschirms',
  'invite.languageOwn': 'Wie das Gerät eingestellt ist',
  'invite.role.member': 'als Mitglieder',
  'invite.role.admin': 'als Admins',
  'invite.open': 'Offene Einladungen',
  'invite.over': 'Vorbei',
  'invite.none': 'Keine Einladung ist offen.',
  'invite.forOne': 'Ein Gerät',
  'invite.forMany': '{count} Geräte',
  'invite.forReplacing': 'Anstelle von {name}',
  'invite.in': '{count} von {uses} sind drin',
  'invite.inNone': 'Noch niemand ist drin',
  'invite.latest': '{name} {time}',
  'invite.justNow': 'gerade eben',
  'invite.last': 'zuletzt {name}',
  'invite.left': 'noch {time}',
  'invite.state.used': 'Alle sind drin',
  'invite.state.expired': 'Abgelaufen',
  'invite.state.withdrawn': 'Zurückgezogen',
  'invite.usedText':
    'Alle {uses} sind drin. Diese Einladung lässt niemanden mehr herein, darum steht ihr Code nicht mehr hier.',
  'invite.expiredText': 'Diese Einladung galt bis {time}. Sie lässt niemanden mehr herein.',
  'invite.withdrawnText': 'Diese Einladung wurde zurückgezogen. Wer mit ihr hereinkam, bleibt.',
  'invite.elsewhere': 'Auf {name} erstellt: Nur dort kann sie gezeigt werden.',
  'invite.full': 'Bildschirm füllen',
  'invite.withdraw': 'Zurückziehen',
  'invite.withdrawSure': 'Diese Einladung zurückziehen?',
  'invite.withdrawText':
    'Niemand kommt mehr mit ihr herein, auch nicht mit gedruckten Aushängen. Wer drin ist, bleibt.',
  'invite.withdrawNow': 'Jetzt zurückziehen',
  'invite.keep': 'Behalten',
  'invite.makeAnother': 'Noch eine Einladung erstellen',
  'invite.who': 'Damit kamen herein',
  'invite.tour': 'Von Gerät zu Gerät',
  'invite.tourOne': 'Die Kamera des nächsten Geräts auf den Code richten und den Link öffnen.',
  'invite.tourTwo': 'Auf seinem Bildschirm „beitreten“ antippen. Es sagt seinen Namen, und der Zähler hier steigt.',
  'invite.tourThree': 'Zum Startbildschirm hinzufügen. Weiter zum nächsten.',
  'invite.title.poster': 'Einladung',
  'poster.until': 'Für {count} {count|Gerät|Geräte}. Gültig bis {time}.',
  'poster.link': 'Dasselbe als Link',
  'poster.apple':
    'iPad und iPhone: die Adresse einmal öffnen, zum Home-Bildschirm hinzufügen, dort öffnen und den Code dort scannen.',
  'poster.names': 'Die Geräte heißen {names}.',
  'poster.help': 'Nichts geschieht? Irgendein Gerät des Schwarms muss Shoal auf dem Bildschirm haben.',

  'device.id': 'Geräte-ID',
  'device.role': 'Rolle',
  'device.role.admin': 'Admin',
  'device.role.member': 'Mitglied',
  'device.admittedBy': 'Hereingelassen von',
  'device.founder': 'niemandem: Es hat den Schwarm begonnen',
  'device.byCode': 'dem Wiederherstellungscode',
  'device.linkNow': 'Verbindung',
  'device.noLink': 'gerade keine',
  'device.why': 'Warum ist es nicht verbunden?',
  'device.gone': 'Nicht mehr in Gebrauch',
  'device.unknown.title': 'Ein solches Gerät ist hier nicht bekannt',
  'device.unknown.text':
    'Die Adresse nennt ein Gerät, das dieser Schwarm nicht hat oder von dem hier noch nichts zu hören war.',
  'device.remains': 'Seine Ereignisse',
  'device.remains.asking': 'Seine Ereignisse werden gezählt …',
  'device.remains.none': 'Es hat keine Ereignisse geschrieben.',
  'device.remains.safe':
    'Nichts ist verloren: Alle {known} {known|Ereignis|Ereignisse} {known|ist|sind} auf {devices} {devices|anderen Gerät|anderen Geräten}.',
  'device.remains.here':
    '{known} {known|bekanntes Ereignis|bekannte Ereignisse} von ihm {known|ist|sind} hier, aber noch nirgends sonst.',
  'device.remains.safeOne':
    'Nichts ist verloren: Sein einziges Ereignis ist auf {devices} {devices|anderen Gerät|anderen Geräten}.',
  'device.remains.missing':
    '{held} von {known} bekannten Ereignissen sind hier. {missing} {missing|fehlt|fehlen} noch: Sie kommen, sobald ein Gerät erreicht wird, das sie hat.',
  'device.remains.perhaps':
    'Was es schrieb, während niemand es erreichte, kennt kein anderes Gerät. Es kommt herein, sobald das Gerät wieder an und verbunden ist.',

  'standing.active': 'In Gebrauch',
  'standing.left': 'Hat den Schwarm verlassen. {count} {count|Ereignis|Ereignisse} von ihm {count|zählt|zählen}.',
  'standing.left.plain': 'Hat den Schwarm verlassen',
  'standing.retired':
    'Außer Betrieb genommen von {name} am {date}. {count} {count|Ereignis|Ereignisse} von ihm {count|zählt|zählen}, und was noch auftaucht, zählt auch.',
  'standing.closed':
    'Endgültig außer Betrieb, gesagt von {name} am {date}. {count} {count|Ereignis|Ereignisse} von ihm {count|zählt|zählen}; was später auftaucht, nicht mehr.',
  'standing.revoked':
    'Ausgeschlossen von {name} am {date}. {count} {count|Ereignis|Ereignisse} von ihm {count|zählt|zählen}; danach nichts mehr.',
  'standing.short.left': 'Hat den Schwarm verlassen',
  'standing.short.retired': 'Außer Betrieb',
  'standing.short.closed': 'Endgültig außer Betrieb',
  'standing.short.revoked': 'Ausgeschlossen',
  'standing.bySwarm': 'dem Wiederherstellungscode',
  'standing.someday': 'einem unbekannten Tag',
  'standing.replacedBy': '{name} hat seinen Platz eingenommen.',
  'standing.inPlaceOf': 'Es hat den Platz von {name} eingenommen.',

  'act.title': 'Was ein Admin tun kann',
  'act.self':
    'Dieses Gerät halten Sie in der Hand. Außer Betrieb nimmt man es von einem anderen Admin-Gerät aus; von hier aus kann es den Schwarm verlassen.',
  'act.rank':
    '{name} steht über diesem Gerät: Es wurde früher hereingelassen. Mit dem Wiederherstellungscode geht es trotzdem.',
  'act.rankEqual':
    '{name} steht so hoch wie dieses Gerät. Ein Gerät, das näher am ersten steht, kann es tun, oder der Wiederherstellungscode.',
  'act.asCode': 'Mit dem Wiederherstellungscode …',

  'act.promote': 'Zum Admin machen',
  'act.promoteText': 'Es darf dann Geräte einladen, ersetzen und ausschließen. Das lässt sich nicht zurücknehmen.',
  'act.promoteNow': 'Zum Admin machen',
  'act.promoted': '{name} ist jetzt Admin.',
  'act.replace': 'Ersetzen',
  'act.replaceText': 'Ein anderes Gerät macht an seiner Stelle weiter, unter seinem Namen. Seine Ereignisse bleiben.',
  'act.replaceNew': 'Durch ein neues Gerät',
  'act.replaceNewText': 'Zeigt einen Code. Scannen Sie ihn mit dem neuen Gerät.',
  'act.replaceOld': 'Durch eines, das schon da ist',
  'act.replaceWith': 'Welches nimmt seinen Platz ein',
  'act.replaceNow': '{name} ersetzen',
  'act.replaceNone': 'Es ist kein anderes Gerät in Gebrauch.',
  'act.retire': 'Außer Betrieb nehmen',
  'act.retireText':
    'Verloren oder kaputt. Es bekommt keine Verbindungen mehr; alles, was es schrieb, zählt, wer immer es bringt.',
  'act.retireNow': 'Außer Betrieb nehmen',
  'act.retired': '{name} ist außer Betrieb.',
  'act.close': 'Endgültig abschließen',
  'act.closeText':
    'Was von ihm bis jetzt nicht aufgetaucht ist, zählt dann nicht. Dafür kann die Reihenfolge der Ereignisse endgültig werden.',
  'act.closeMissing':
    'Von {missing} {missing|Ereignis|Ereignissen} weiß man, ohne {missing|es|sie} zu haben. {missing|Es zählt|Sie zählen} dann nicht.',
  'act.closeNow': 'Endgültig abschließen',
  'act.closed': '{name} ist abgeschlossen.',
  'act.revoke': 'Ausschließen',
  'act.revokeText':
    'Gestohlen oder in falschen Händen. Es wird überall abgeschnitten, und was es von da an schreibt, zählt nicht.',
  'act.revokeSince': 'Seit wann ist es in falschen Händen',
  'act.revokeSinceNow': 'Seit jetzt: Alles, was hier ist, zählt',
  'act.revokeSinceTime': 'Seit einem früheren Zeitpunkt',
  'act.revokeTime': 'Gestohlen um',
  'act.revokeTimeHint': 'Nach der Uhr des Geräts. Was es danach schrieb, zählt nicht.',
  'act.revokeFuture': 'Dieser Zeitpunkt liegt in der Zukunft.',
  'act.revokeTick': 'Ja, „{name}“ ausschließen. Das lässt sich nicht zurücknehmen.',
  'act.revokeNow': 'Jetzt ausschließen',
  'act.revoked':
    '{name} ist ausgeschlossen. {count} {count|Ereignis|Ereignisse} von ihm {count|zählt|zählen}; andere Geräte erfahren es, sobald sie erreicht werden.',
  'act.code': 'Wiederherstellungscode',
  'act.codeHint': 'Mit ihm wiegt das Wort mehr als das jedes Admins.',

  'replace.title': 'Ein neues Gerät anstelle von {name}',
  'replace.scan':
    'Scannen Sie dies mit dem neuen Gerät und tippen Sie „beitreten“ an. Den Namen „{name}“ nimmt es von selbst an.',
  'replace.waiting': 'Das neue Gerät wird erwartet …',
  'replace.stop': 'Diesen Code zurückziehen',

  'alert.title': 'Für Admins',
  'alert.evidence': 'Belege',
  'alert.toDevice': '{name} ansehen',
  'alert.second-admin': 'Machen Sie ein zweites Gerät zum Admin',
  'alert.second-admin.text':
    'Geht dieses Gerät verloren, kann nur noch der Wiederherstellungscode Geräte einladen und ausschließen. Wählen Sie eines, das im Werk bleibt.',
  'alert.second-admin.none': 'Es gibt noch kein anderes Gerät. Laden Sie eines als Admin ein.',
  'alert.second-admin.invite': 'Admin einladen',
  'alert.second-admin.promote': '„{name}“ zum Admin machen',
  'alert.second-admin.other': 'Ein anderes Gerät',
  'alert.overused': '{count} Geräte kamen mit einer Einladung für {uses} herein',
  'alert.overused.text':
    'Teile des Schwarms waren getrennt, als sie beitraten. Alle sind gültig. Kennen Sie eines nicht, schließen Sie es aus.',
  'alert.unclosed': '{name} ist außer Betrieb und nicht abgeschlossen',
  'alert.unclosed.text':
    'Die Reihenfolge wird nur so weit endgültig, wie man von ihm weiß. Taucht nichts mehr von ihm auf, schließen Sie es ab.',
  'alert.fork': '{name} hat zwei Geschichten unter einem Namen geschrieben',
  'alert.fork.text':
    'Das geschieht, wenn ein Gerät kopiert oder zurückgesetzt wurde. Beide sind aufgehoben. Haben Sie nichts davon getan, fragen Sie, wer an das Gerät kommt.',
  'alert.fork.stream': 'Strom',
  'alert.fork.alias': 'Die andere Geschichte',
  'alert.fork.from': 'Verschieden ab Offset',
  'alert.renewed': '{was} macht als neues Gerät weiter',
  'alert.renewed.text':
    'Es wurde zurückgesetzt oder kopiert und hat es bemerkt: Es hat jetzt eine neue Identität, und seine Ereignisse sind alle da. Zu tun ist nichts.',
  'alert.renewed.new': 'Neue Geräte-ID',
  'alert.renewed.was': 'Frühere Geräte-ID',
  'alert.clock': 'Die Uhr von {name} {offset}',
  'alert.clock.text':
    'Die Reihenfolge der Ereignisse stimmt trotzdem; die Zeiten, die es schreibt, sind falsch. Stellen Sie seine Uhr.',
  'alert.same-name': '{count} Geräte heißen „{name}“',
  'alert.same-name.text': 'Geben Sie einem davon einen anderen Namen, damit niemand sie verwechselt.',
  'alert.hostile': '{name} sendet, was kein ordentliches Gerät sendet',
  'alert.hostile.text':
    'Überall wird es abgewiesen, also entsteht kein Schaden. Hört es nicht auf, nehmen Sie es außer Betrieb, oder schließen Sie es aus.',
  'alert.hostile.code': 'Was abgewiesen wurde',
  'alert.hostile.count': 'Wie oft',

  'own.retired': 'Dieses Gerät wurde außer Betrieb genommen',
  'own.closed': 'Dieses Gerät wurde endgültig außer Betrieb genommen',
  'own.revoked': 'Dieses Gerät wurde ausgeschlossen',
  'own.by': 'Das sagte {name} am {date}.',
  'own.text':
    'Es hat keine Verbindung mehr zu anderen Geräten. Lesen und schreiben können Sie hier noch, aber niemand empfängt es.',
  'own.retiredText': 'Was es bis jetzt schrieb, zählt, sobald ein anderes Gerät es hat.',
  'own.revokedText': 'Was es schreibt, zählt für die anderen nicht.',
  'own.here': 'Noch hier: {count} {count|Ereignis|Ereignisse}.',
  'own.onlyHere':
    '{count} davon {count|ist|sind} auf keinem anderen Gerät: Exportieren Sie das Log, bevor Sie irgendetwas anderes tun.',
  'own.back': 'Mit neuer Einladung zurückkommen',
  'own.backText':
    'Ein Versehen? Lassen Sie einen Admin dieses Gerät neu einladen. Es fängt dann als neues an; sein bisheriges Log bleibt hier lesbar.',
  'own.replaced': '{name} hat seinen Platz eingenommen.',

  'recover.title': 'Den Schwarm wieder aufnehmen',
  'recover.text':
    'Tippen Sie den Wiederherstellungs\u00ADcode von „{name}“ vom Papier ab. Dieses Gerät wird dann Admin: Es darf einladen und ausschließen.',
  'recover.hint':
    'Zwölf Gruppen. Groß oder klein, O oder 0, I oder 1: alles gleich. Ein kopierter Code lässt sich in jedes Feld einfügen.',
  'recover.group': 'Gruppe {number} von 12',
  'recover.wrongChar': 'Gruppe {number}: „{char}“ kommt in keinem Code vor.',
  'recover.wrongGroup': 'In Gruppe {number} stimmt etwas nicht. Vergleichen Sie mit dem Papier.',
  'recover.wrong':
    'Das ist nicht der Wiederherstellungscode dieses Schwarms, oder mehr als eine Gruppe ist vertippt. Vergleichen Sie mit dem Papier.',
  'recover.missing': 'Gruppe {number} ist nicht vollständig.',
  'recover.now': 'Admin werden',
  'recover.done': 'Dieses Gerät ist jetzt Admin.',
  'recover.already': 'Dieses Gerät ist schon Admin. Der Code wird nicht gebraucht.',
  'recover.alone': 'Dieses Gerät ist in keinem Schwarm. Treten Sie erst bei, mit der Einladung irgendeines Mitglieds.',
  'recover.clear': 'Alles leeren',

  'left.done':
    'Dieses Gerät hat „{name}“ verlassen. Es macht allein weiter; sein bisheriges Log steht unter „Frühere Logs“.',

  'error.rank':
    'Jenes Gerät steht über diesem. Ein früher hereingelassener Admin kann es tun, oder der Wiederherstellungscode.',
  'error.unknownDevice':
    'Dieses Gerät ist hier nicht bekannt. Vielleicht ist es noch nicht angekommen; versuchen Sie es gleich noch einmal.',
  'error.unknownInvitation': 'Diese Einladung ist hier nicht mehr bekannt.',
  'error.notRetired': 'Nur ein Gerät, das außer Betrieb ist, lässt sich abschließen. Nehmen Sie es erst außer Betrieb.',
  'error.recoveryCode':
    'Das ist nicht der Wiederherstellungscode dieses Schwarms. Vergleichen Sie Gruppe für Gruppe mit dem Papier.',
  'error.retired':
    'Dieses Gerät wurde außer Betrieb genommen und bekommt keine Verbindungen mehr. Ein Admin kann es neu einladen.',
  'error.revoked': 'Dieses Gerät wurde ausgeschlossen und bekommt keine Verbindungen mehr. Fragen Sie einen Admin.',
  'error.otherSwarm': 'Das andere Gerät ist in einem anderen Schwarm.',
  'error.protocol': 'Die Versionen der beiden Geräte verstehen sich nicht. Aktualisieren Sie das ältere.',
  'error.settings': 'Diese Einstellung geht nicht: {detail}',
  'error.tooLarge': 'Das ist zu groß für ein Ereignis. Teilen Sie es.',
  'error.notJson': 'Das ist kein gültiges JSON: {detail}',
  'error.outcome':
    'Ob es gespeichert wurde, ist nicht bekannt. Sehen Sie in den Ereignissen nach, bevor Sie es wiederholen.',
  'error.storeClosed': 'Der Speicher dieses Geräts wurde geschlossen. Laden Sie neu.',
  'error.crypto':
    'Diesem Browser fehlt die Kryptographie, die Shoal braucht. Verwenden Sie ein aktuelles Chrome, Edge, Firefox oder Safari.',
  'error.renewing':
    'Dieses Gerät bekommt eine neue Identität, weil es zurückgesetzt oder kopiert wurde. Einen Augenblick.',
  'error.noLog': 'Dieses Log ist nicht auf diesem Gerät.',
  'error.internal': 'Etwas ging schief, womit wir nicht gerechnet haben: {detail}',
  'error.closed': 'Die Verbindung zum Knoten wurde geschlossen. Laden Sie neu.',
  'error.query': 'Die Abfrage ist in Zeile {line}, Spalte {column} nicht zu lesen.',
  'error.queryFound':
    'Die Abfrage ist in Zeile {line}, Spalte {column} nicht zu lesen: „{found}“ gehört dort nicht hin.',
  'error.queryUnsupported': 'Die Abfrage verlangt in Zeile {line}, Spalte {column} etwas, das es noch nicht gibt.',
  'error.badRequest': 'So geht es nicht: {detail}',

  'join.called': 'Es heißt „{name}“.',
  'join.named': 'Geräte, die mit dieser Einladung hereinkommen, heißen {names}.',
  'join.replaces': 'Dieses Gerät nimmt den Platz eines anderen ein, und dessen Namen.',
  'join.install': 'Zum Startbildschirm hinzufügen',

  'publish.safe': 'Auch auf {count} {count|anderen Gerät|anderen Geräten}',
  'publish.safeNone': 'Noch auf keinem anderen Gerät',
  'andon.cutOff': 'unbekannt seit {time}: Dieses Gerät hat keine Verbindung',
}
