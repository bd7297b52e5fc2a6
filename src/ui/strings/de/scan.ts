/** Codes scannen, zwei Geräte damit verbinden, und die App auf den Home-Bildschirm eines iPads oder iPhones legen. */
export const scan = {
  'scan.why':
    'Um den Code zu lesen, braucht dieses Gerät seine Kamera. Das Bild bleibt auf dem Gerät und wird nicht aufbewahrt. Der Browser fragt Sie einmal.',
  'scan.open': 'Kamera öffnen',
  'scan.again': 'Noch einmal versuchen',
  'scan.view': 'Was die Kamera sieht',
  'scan.light': 'Licht',
  'scan.lightOff': 'Licht aus',
  'scan.picture': 'Stattdessen ein Bild',
  'scan.reading': 'Wird gelesen …',
  'scan.noCode': 'In diesem Bild ist kein lesbarer Code. Nehmen Sie ihn näher, gerade und scharf auf.',
  'scan.noPicture': 'Diese Datei lässt sich nicht als Bild lesen.',
  'scan.insecure':
    'Der Browser gibt die Kamera nur an https-Seiten. Nehmen Sie stattdessen ein Bild des Codes auf, oder fügen Sie seinen Text ein.',
  'scan.denied':
    'Die Kamera ist hier nicht erlaubt. Erlauben Sie sie in den Einstellungen dieser Seite (das Zeichen links der Adresse) oder der App, und versuchen Sie es noch einmal; oder nehmen Sie ein Bild des Codes auf, oder fügen Sie seinen Text ein.',
  'scan.none': 'Dieses Gerät hat keine Kamera. Wählen Sie ein Bild des Codes, oder fügen Sie seinen Text ein.',
  'scan.busy':
    'Eine andere App benutzt die Kamera. Schließen Sie sie und versuchen Sie es noch einmal; oder fügen Sie den Text des Codes ein.',
  'scan.failed':
    'Die Kamera ist ausgefallen. Versuchen Sie es noch einmal; oder wählen Sie ein Bild des Codes, oder fügen Sie seinen Text ein.',

  'scan.is.invitation': 'Das ist eine Einladung in einen Schwarm.',
  'scan.is.offer': 'Das ist der erste Code, um zwei Geräte zu verbinden.',
  'scan.is.answer': 'Das ist ein Antwort-Code: Er ist für das Gerät, das den ersten Code gezeigt hat.',
  'scan.is.here': 'Dieser Code öffnet nur Shoal, und das ist schon offen.',
  'scan.is.web': 'Das ist eine Webadresse ({name}), kein Code von Shoal.',
  'scan.is.wifi': 'Das ist der WLAN-Code von „{name}“, kein Code von Shoal.',
  'scan.is.contact': 'Das ist ein Kontakt, kein Code von Shoal.',
  'scan.is.other': 'Das ist kein Code von Shoal: „{name}“.',
  'scan.want.invitation':
    'Gesucht ist der Code einer Einladung: auf dem Aushang, oder unter „Geräte“ bei „Geräte einladen“.',
  'scan.want.offer': 'Gesucht ist der Code, den das andere Gerät nach „Code zeigen“ zeigt.',
  'scan.want.answer':
    'Gesucht ist die Antwort, die das andere Gerät zeigt, sobald es den Code von diesem gescannt hat.',

  'join.scan': 'Code scannen',
  'join.scanHint': 'Halten Sie die Kamera vor den Aushang oder vor den Code auf dem anderen Gerät.',
  'join.orPaste': 'Oder die Einladung einfügen',

  'pair.text':
    'Für zwei Geräte mit nichts dazwischen: keine Station, kein Internet. Sie müssen nur im selben Netz sein. Eines zeigt einen Code, das andere scannt ihn; dann umgekehrt.',
  'pair.show': 'Code zeigen',
  'pair.showText': 'Auf einem der beiden Geräte',
  'pair.scan': 'Code scannen',
  'pair.scanText': 'Auf dem anderen',
  'pair.byText': 'Ohne Kamera: als Text',
  'pair.cameraFirst':
    'Danach scannt dieses Gerät die Antwort und braucht dafür seine Kamera. Erlauben Sie sie jetzt: Dann entsteht die Verbindung auch in Netzen, die Geräte voreinander verbergen.',
  'pair.allow': 'Kamera erlauben',
  'pair.without': 'Ohne Kamera weiter',
  'pair.step.show': 'Zeigen',
  'pair.step.scan': 'Scannen',
  'pair.step.answer': 'Antwort',
  'pair.step.linked': 'Verbunden',
  'pair.showing':
    'Auf dem anderen Gerät: „Zwei Geräte verbinden“ öffnen, „Code scannen“ antippen und seine Kamera vor diesen Code halten.',
  'pair.showNext': 'Scannen Sie dann die Antwort, die es zeigt.',
  'pair.next': 'Es zeigt eine Antwort: scannen',
  'pair.scanHint': 'Halten Sie die Kamera vor den Code auf dem anderen Gerät.',
  'pair.answerHint': 'Halten Sie die Kamera vor die Antwort auf dem anderen Gerät.',
  'pair.answering':
    'Scannen Sie nun diese Antwort mit dem ersten Gerät: Tippen Sie dort auf „Es zeigt eine Antwort: scannen“.',
  'pair.lives': 'Noch {time} gültig; dann erscheint von selbst ein neuer.',
  'pair.answerLives': 'Noch {time} gültig.',
  'pair.over': 'Dieser Code ist nicht mehr gültig. Fangen Sie noch einmal an.',
  'pair.qr': 'QR-Code zum Verbinden: {first}',
  'pair.linking': 'Die Verbindung entsteht …',
  'pair.slow':
    'Noch keine Verbindung. Sind beide Geräte im selben Netz? Manche WLANs halten Geräte voneinander fern (Gastnetze, „Client Isolation“). Lassen Sie beide Bildschirme an, oder fangen Sie noch einmal an.',
  'pair.linked': 'Verbunden.',
  'pair.linkedWith': 'Verbunden mit {name}.',
  'pair.rest': 'Die anderen Geräte finden dieses von nun an durch das Netz der Verbindungen.',
  'pair.own': 'Dieser Code ist auf diesem Gerät entstanden. Scannen Sie ihn mit dem anderen.',

  'home.title': 'Legen Sie Shoal zuerst auf den Home-Bildschirm',
  'home.why':
    'Auf einem iPad oder iPhone hält eine App auf dem Home-Bildschirm ihre Daten getrennt von Safari, und nur dort bleiben sie. Treten Sie also dort bei, nicht hier.',
  'home.one': 'Tippen Sie auf das Teilen-Zeichen des Browsers. Es kann hinter „···“ liegen.',
  'home.two': 'Wählen Sie „Zum Home-Bildschirm“, dann „Hinzufügen“.',
  'home.three': 'Schließen Sie diese Seite und öffnen Sie Shoal über sein Symbol.',
  'home.four': 'Tippen Sie dort auf „Einem Schwarm beitreten“ und scannen Sie den Code.',
  'home.invited':
    'Ihre Einladung ist nicht verloren: Scannen Sie sie dort noch einmal. War sie ein Link, kopieren Sie ihn hier und fügen ihn dort ein.',
  'home.copy': 'Einladung kopieren',
  'home.share': 'Das Teilen-Zeichen: ein Pfeil aus einem Kasten',
  'home.add': 'Ein Pluszeichen in einem Kasten',
  'home.icon': 'Das Symbol von Shoal',
  'home.code': 'Ein Code vor einer Kamera',
}
