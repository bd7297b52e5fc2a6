/** Was Geräte voneinander fernhalten kann: der Grund, was er bedeutet, und was man versuchen kann, ein Schritt je Zeile. */
import type { causes as english } from '../en/causes.ts'

export const causes: Readonly<Record<keyof typeof english, string>> = {
  'cause.fine': 'Nichts ist im Weg',
  'cause.fine.text': 'Was geprüft wurde, funktioniert.',
  'cause.fine.try': 'Treffen sich zwei Geräte trotzdem nicht, prüfen Sie auch auf dem anderen.',
  'cause.alone': 'Dieses Gerät gehört noch zu keinem Schwarm',
  'cause.alone.text': 'Es hat niemanden, mit dem es sich verbinden könnte.',
  'cause.alone.try': 'Beginnen Sie auf diesem Gerät einen Schwarm, oder öffnen Sie die Einladung eines anderen.',
  'cause.no-devices': 'In diesem Schwarm gibt es noch kein anderes Gerät',
  'cause.no-devices.text': 'Soweit dieses Gerät es sehen kann, funktionieren alle Wege.',
  'cause.no-devices.try': 'Laden Sie ein zweites Gerät ein.',
  'cause.worker-silent': 'Der Teil von Shoal, der im Hintergrund arbeitet, antwortet nicht',
  'cause.worker-silent.text':
    'Der Browser hat ihn schlafen gelegt, oder er ist beschäftigt und lässt sich nicht wecken.',
  'cause.worker-silent.try':
    'Schließen Sie alle anderen Tabs von Shoal und laden Sie diesen neu.\nHilft das nicht, starten Sie den Browser neu. Gespeichertes ist sicher.\nSehen Sie nach, ob das Gerät Energie oder Speicher spart, und erlauben Sie dem Browser die Arbeit im Hintergrund.',
  'cause.worker-asleep': 'Der Hintergrundteil von Shoal hat geschlafen',
  'cause.worker-asleep.text':
    'Der Browser hat ihn angehalten, während dieser Tab offen war; seit {time} läuft er wieder. Dazwischen wurde nichts empfangen.',
  'cause.worker-asleep.try':
    'Lassen Sie Shoal auf dem Bildschirm: Ein Browser hält an, was er nicht sieht.\nSchalten Sie den Energiesparmodus aus, oder lassen Sie das Gerät am Ladegerät.\nLassen Sie den Bildschirm an, siehe Geräte.',
  'cause.page-outdated': 'Dieser Tab zeigt eine andere Version als die, die läuft',
  'cause.page-outdated.text': 'Gesagt wurde: {detail}',
  'cause.page-outdated.try': 'Schließen Sie die anderen Tabs von Shoal und laden Sie diesen neu.',
  'cause.node-refuses': 'Der Knoten dieses Geräts konnte nicht geöffnet werden',
  'cause.node-refuses.text': 'Gesagt wurde: {detail}',
  'cause.node-refuses.try':
    'Laden Sie diesen Tab neu.\nStarten Sie den Browser neu.\nIst der Speicher voll, schaffen Sie Platz auf dem Gerät.',
  'cause.revoked': 'Dieses Gerät wurde aus dem Schwarm ausgeschlossen',
  'cause.revoked.text':
    'Ein Admin hat es gesperrt. Niemand verbindet sich mehr mit ihm, und was es schreibt, zählt nicht.',
  'cause.revoked.try':
    'Fragen Sie einen Admin, ob das so gemeint war.\nUm zurückzukommen, lassen Sie dieses Gerät den Schwarm verlassen und laden Sie es neu ein.',
  'cause.retired': 'Dieses Gerät wurde außer Dienst gestellt',
  'cause.retired.text':
    'Ein Admin hat erklärt, dass es verloren, defekt oder ersetzt ist. Niemand verbindet sich mehr mit ihm; was es geschrieben hat, zählt weiter.',
  'cause.retired.try': 'Um es wieder zu benutzen, lassen Sie es den Schwarm verlassen und laden Sie es neu ein.',
  'cause.left': 'Dieses Gerät hat den Schwarm verlassen',
  'cause.left.text': 'Die anderen verbinden sich nicht mehr mit ihm.',
  'cause.left.try': 'Laden Sie es neu ein.',
  'cause.links-off': 'Auf diesem Gerät sind die Verbindungen ausgeschaltet',
  'cause.links-off.text': 'Jemand hat entschieden, dass es keine aufnimmt. Alles auf ihm läuft weiter.',
  'cause.links-off.try': 'Schalten Sie sie unter Geräte wieder ein.',
  'cause.no-radio': 'Kein Tab von Shoal kann auf diesem Gerät gerade Verbindungen halten',
  'cause.no-radio.text': 'Das kann nur ein Tab, der auf dem Bildschirm ist.',
  'cause.no-radio.try':
    'Holen Sie Shoal auf den Bildschirm und lassen Sie es dort.\nIst es auf dem Bildschirm, laden Sie diesen Tab neu.',
  'cause.no-webrtc': 'Dieser Browser kann sich nicht mit anderen Geräten verbinden',
  'cause.no-webrtc.text': 'Er bietet kein WebRTC, oder es wurde ihm verboten.',
  'cause.no-webrtc.try':
    'Nehmen Sie einen aktuellen Chrome, Edge, Firefox oder Safari.\nFragen Sie, wer dieses Gerät verwaltet, ob WebRTC darauf verboten ist.',
  'cause.offline': 'Dieses Gerät hat kein Netz',
  'cause.offline.text': 'Der Browser sagt, dass kein Netz verbunden ist.',
  'cause.offline.try': 'Schalten Sie das WLAN ein und den Flugmodus aus.\nVerbinden Sie sich mit dem WLAN des Werks.',
  'cause.local-network-denied': 'Diese Adresse darf keine Geräte im lokalen Netz erreichen',
  'cause.local-network-denied.text': 'Der Browser fragt, ob eine Seite das darf, und hier war die Antwort nein.',
  'cause.local-network-denied.try':
    'Tippen Sie auf das Zeichen links der Adresse, öffnen Sie die Einstellungen dieser Website und erlauben Sie den Zugriff auf das lokale Netz.\nAuf iPad oder iPhone: Einstellungen, Datenschutz, Lokales Netzwerk; den Browser einschalten.\nLaden Sie diesen Tab neu.',
  'cause.no-candidates': 'Der Browser findet keine Adresse dieses Geräts',
  'cause.no-candidates.text':
    'Ohne eine können sich andere nicht mit ihm verbinden. Meist hat das Netz kein Gateway (keine Standardroute), oder eine Regel verbietet direkte Verbindungen.',
  'cause.no-candidates.try':
    'Geben Sie dem Netz ein Gateway, auch eines, das nirgendwohin führt: Der Router des WLAN hat ein Feld dafür.\nErlauben Sie dieser Adresse die Kamera: Dann nennen Browser anderen die Adressen selbst.\nÖffnen Sie Shoal auf einem weiteren Gerät, das eine Adresse hat, etwa der Station: Sie ist trotzdem erreichbar.\nFragen Sie, wer dieses Gerät verwaltet, ob WebRTC eingeschränkt ist.',
  'cause.certificate-untrusted': 'Dieses Gerät vertraut dem Zertifikat von {url} nicht',
  'cause.certificate-untrusted.text':
    'Die App läuft mit dem weiter, was gespeichert ist, aber von dort kommt nichts Neues: keine Aktualisierung und keine Hilfe beim Finden anderer.',
  'cause.certificate-untrusted.try':
    'Installieren Sie das Zertifikat des Werks auf diesem Gerät; die Station zeigt den Weg unter ihrer Adresse.\nAuf iPad oder iPhone ist ein zweiter Schalter nötig: Einstellungen, Allgemein, Info, Zertifikatsvertrauenseinstellungen.\nSehen Sie nach, ob das Datum dieses Geräts stimmt: Ein Zertifikat gilt nur eine Zeit lang.',
  'cause.certificate-expiring': 'Das Zertifikat von {url} läuft in {time} ab',
  'cause.certificate-expiring.text':
    'Danach lehnen Browser es ab, und dieses Gerät bekommt keine Aktualisierung und keine Hilfe beim Finden anderer.',
  'cause.certificate-expiring.try':
    'Erneuern Sie das Zertifikat auf der Station; ihr eigenes erneuert sie von selbst, solange sie läuft.\nSagen Sie es dem Techniker, der die Station eingerichtet hat.',
  'cause.no-station': 'Es ist keine Station eingerichtet',
  'cause.no-station.text':
    'Ohne eine finden Geräte einander nur über andere, mit denen sie verbunden sind, oder durch Codes.',
  'cause.no-station.try':
    'Tragen Sie unter Geräte die Adresse einer Station ein.\nVerbinden Sie zwei Geräte von Hand, siehe Geräte.',
  'cause.signalling-unreachable': 'Die Station {url} ist nicht erreichbar',
  'cause.signalling-unreachable.text':
    'Dort finden Geräte einander. Sie ist aus, in einem anderen Netz, oder etwas steht dazwischen. {detail}',
  'cause.signalling-unreachable.try':
    'Sehen Sie nach, ob die Station läuft und ob dieses Gerät im selben Netz ist.\nÖffnen Sie die Adresse der Station in einem neuen Tab: Der Browser sagt dann, was ihn stört.\nFragen Sie, ob eine Firewall diese Adresse und diesen Port durchlässt.\nVerbinden Sie inzwischen zwei Geräte von Hand, siehe Geräte.',
  'cause.not-a-station': 'Was unter {url} antwortet, ist keine Station',
  'cause.not-a-station.text': 'Etwas anderes hat diese Adresse. {detail}',
  'cause.not-a-station.try':
    'Berichtigen Sie die Adresse unter Geräte; sie endet auf /signal.\nSehen Sie nach, ob ein Proxy oder eine Anmeldeseite des WLAN dazwischensteht.',
  'cause.station-refuses': 'Die Station {url} weist dieses Gerät ab',
  'cause.station-refuses.text': 'Gesagt wurde: {detail}',
  'cause.station-refuses.try':
    'Bringen Sie Station und Gerät auf dieselbe Version.\nIst sie voll, richten Sie eine weitere ein.',
  'cause.multicast-filtered': 'Das Netz trägt die Namen nicht, hinter denen Geräte ihre Adressen verbergen',
  'cause.multicast-filtered.text':
    '{name} und dieses Gerät haben voneinander gehört und kennen einander nur unter solchen Namen (mDNS), die Multicast brauchen. Viele Access Points filtern das.',
  'cause.multicast-filtered.try':
    'Erlauben Sie Multicast (mDNS, Port 5353) am Access Point, oder schalten Sie „Multicast-Filter“ und „IGMP-Snooping“ aus.\nErlauben Sie dieser Adresse auf einem der beiden Geräte die Kamera: Es nennt dann seine Adresse selbst.\nBetreiben Sie in diesem Netz eine Station: Sie wird unter ihrer Adresse erreicht.\nHilft das nicht, sehen Sie nach, ob der Access Point Geräte voneinander trennt (Client-Isolation).',
  'cause.isolation': 'Das Netz hält Geräte vermutlich voneinander getrennt',
  'cause.isolation.text':
    '{name} und dieses Gerät haben voneinander gehört und einander ihre Adressen genannt, aber zwischen ihnen kommt nichts durch. WLAN für Gäste tut das absichtlich (Client-Isolation).',
  'cause.isolation.try':
    'Schalten Sie die Client-Isolation (auch „AP-Isolation“, „Gastmodus“) am Access Point aus.\nNehmen Sie auf beiden Geräten das WLAN des Werks, nicht das für Gäste.\nSehen Sie nach, ob beide im selben Netz (VLAN) sind und ob eine Firewall UDP zwischen ihnen sperrt.',
  'cause.device-no-candidates': 'Der Browser von {name} findet keine eigene Adresse',
  'cause.device-no-candidates.text': 'Beide haben voneinander gehört, aber {name} konnte keinen Weg zu sich nennen.',
  'cause.device-no-candidates.try': 'Machen Sie diese Prüfung auf {name}: Dort steht, was zu tun ist.',
  'cause.wrong-swarm': 'Das andere Gerät gehört zu einem anderen Schwarm',
  'cause.wrong-swarm.text': 'Geräte verschiedener Schwärme verbinden sich nicht miteinander.',
  'cause.wrong-swarm.try':
    'Sehen Sie auf dem anderen Gerät unter Geräte nach, in welchem Schwarm es ist.\nLaden Sie es in diesen Schwarm ein, oder öffnen Sie hier seine Einladung.',
  'cause.not-member': 'Eines der beiden kennt das andere nicht als Mitglied',
  'cause.not-member.text': 'Vielleicht hat es noch nicht gehört, wer aufgenommen wurde.',
  'cause.not-member.try':
    'Warten Sie eine Minute, mit einem dritten Gerät des Schwarms in Reichweite.\nBleibt es dabei, laden Sie das Gerät neu ein.',
  'cause.version-old-here': 'Die Versionen dieses Geräts und von {name} liegen zu weit auseinander',
  'cause.version-old-here.text': 'Das ältere muss zuerst aktualisiert werden; vermutlich ist es dieses.',
  'cause.version-old-here.try':
    'Bringen Sie dieses Gerät in die Reichweite der Station und laden Sie Shoal neu, bis es eine Aktualisierung anbietet oder keine zeigt.\nZeigt es keine, tun Sie dasselbe auf {name}.',
  'cause.version-old-there': 'Die Version von {name} ist für dieses Gerät zu alt',
  'cause.version-old-there.text': 'Es muss aktualisiert werden, bevor sich beide verbinden können.',
  'cause.version-old-there.try':
    'Bringen Sie {name} in die Reichweite der Station und laden Sie Shoal dort neu, bis es eine Aktualisierung anbietet.',
  'cause.cloned': 'Das andere Gerät zeigt die Identität von diesem',
  'cause.cloned.text': 'Eines von beiden ist eine Kopie oder wurde aus einer wiederhergestellt.',
  'cause.cloned.try': 'Lassen Sie die Kopie den Schwarm verlassen und laden Sie sie neu ein.',
  'cause.in-between': 'Die Gegenstelle konnte nicht beweisen, dass sie {name} ist',
  'cause.in-between.text':
    'Vielleicht steht jemand dazwischen oder antwortet an seiner Stelle. Ihr wurde nichts verraten.',
  'cause.in-between.try':
    'Machen Sie in diesem Netz nicht weiter, bevor ein Techniker es angesehen hat.\nSpeichern Sie das Tagebuch und schicken Sie es mit.',
  'cause.device-revoked': '{name} wurde aus dem Schwarm ausgeschlossen',
  'cause.device-revoked.text': 'Ein Admin hat es gesperrt: Niemand verbindet sich mehr mit ihm.',
  'cause.device-revoked.try': 'Fragen Sie einen Admin, ob das so gemeint war.',
  'cause.device-retired': '{name} wurde außer Dienst gestellt',
  'cause.device-retired.text': 'Niemand verbindet sich mehr mit ihm; was es geschrieben hat, zählt weiter.',
  'cause.device-retired.try': 'Um es wieder zu benutzen, lassen Sie es den Schwarm verlassen und laden Sie es neu ein.',
  'cause.device-left': '{name} hat den Schwarm verlassen',
  'cause.device-left.text': 'Es macht allein weiter oder ist in einem anderen Schwarm.',
  'cause.device-left.try': 'Laden Sie es neu ein, wenn es zurückkommen soll.',
  'cause.device-away': '{name} ist nicht da',
  'cause.device-away.text':
    'Es ist weder bei einer Station noch mit einem Gerät verbunden, mit dem dieses verbunden ist.',
  'cause.device-away.try':
    'Sehen Sie nach, ob es eingeschaltet und im Netz ist und Shoal auf dem Bildschirm hat.\nMachen Sie diese Prüfung auf {name}.',
  'cause.device-no-radio': '{name} hat keinen Tab von Shoal auf dem Bildschirm',
  'cause.device-no-radio.text': 'Es antwortet, aber nur ein Tab auf dem Bildschirm kann Verbindungen halten.',
  'cause.device-no-radio.try': 'Holen Sie Shoal auf den Bildschirm von {name} und lassen Sie es dort.',
  'cause.device-full': '{name} hat so viele Verbindungen, wie es aufnimmt',
  'cause.device-full.text': 'Es wird über andere erreicht.',
  'cause.device-full.try': 'Es ist nichts zu tun.',
  'cause.no-answer': '{name} ist da, antwortet aber nicht',
  'cause.no-answer.text':
    'Es wurde gefunden und gerufen, und es kam nicht rechtzeitig etwas zurück. Vielleicht ist sein Bildschirm aus, oder sein Browser schläft.',
  'cause.no-answer.try':
    'Holen Sie Shoal auf den Bildschirm von {name} und lassen Sie es dort.\nLaden Sie Shoal auf {name} neu.',
  'cause.dropped': 'Die Verbindung zu {name} kam zustande und riss',
  'cause.dropped.text': 'Gesagt wurde: {detail}',
  'cause.dropped.try':
    'Sehen Sie nach, ob beide guten Empfang haben.\nEs wird von selbst wieder versucht; reißt sie immer wieder, speichern Sie das Tagebuch und schicken Sie es mit.',
  'cause.refused': 'Die Verbindung zu {name} wurde abgelehnt',
  'cause.refused.text': 'Gesagt wurde: {detail}',
  'cause.refused.try': 'Speichern Sie das Tagebuch und schicken Sie es mit.',
  'cause.trying': 'Eine Verbindung zu {name} wird aufgebaut',
  'cause.trying.text': 'Sie ist noch nicht zustande gekommen.',
  'cause.trying.try': 'Prüfen Sie es gleich noch einmal.',
  'cause.not-needed': 'Eine direkte Verbindung zu {name} ist nicht nötig',
  'cause.not-needed.text':
    'In einem großen Schwarm verbindet sich jedes Gerät mit einigen; {name} wird über andere erreicht.',
  'cause.not-needed.try': 'Es ist nichts zu tun.',
  'cause.invitation': 'Die Einladung lässt dieses Gerät nicht mehr ein',
  'cause.invitation.text': 'Gesagt wurde: {detail}',
  'cause.invitation.try': 'Bitten Sie um eine neue Einladung.',
  'cause.clock-off': 'Die Uhr dieses Geräts geht um {time} falsch',
  'cause.clock-off.text':
    'Andere sind sich über eine andere Zeit einig. Ereignisse behalten ihre Reihenfolge, aber man sieht falsche Zeiten, und Einladungen und Zertifikate scheinen abgelaufen.',
  'cause.clock-off.try':
    'Stellen Sie Datum, Uhrzeit und Zeitzone in den Einstellungen dieses Geräts auf automatisch.\nOhne Internet: Lassen Sie den Router oder eine Station die Zeit vorgeben (NTP).',
  'cause.clock-differs': 'Die Uhren dieses Geräts und von {name} unterscheiden sich um {time}',
  'cause.clock-differs.text': 'Ereignisse behalten ihre Reihenfolge, aber man sieht verschiedene Zeiten.',
  'cause.clock-differs.try': 'Vergleichen Sie beide mit einer Uhr, der Sie trauen, und stellen Sie die falsche.',
  'cause.storage-full': 'Der Speicher dieses Geräts ist fast voll',
  'cause.storage-full.text': 'Was ankommt, kann nicht mehr behalten und Neues nicht mehr geschrieben werden.',
  'cause.storage-full.try':
    'Schaffen Sie Platz auf dem Gerät: Fotos, Videos, Apps.\nLegen Sie fest, wie lange Ereignisströme behalten werden, oder lassen Sie ein anderes Gerät den Rest behalten.',
  'cause.storage-evictable': 'Der Browser darf die Daten löschen, wenn der Platz knapp wird',
  'cause.storage-evictable.text': 'Er hat nicht zugesagt, sie zu behalten.',
  'cause.storage-evictable.try':
    'Fügen Sie Shoal dem Startbildschirm hinzu: Dann behalten Browser seine Daten.\nHalten Sie ein zweites Gerät oder eine Station im Schwarm.',
}
