/** What may keep devices apart: the cause, what it means, and what to try, a step a line. */
export const causes = {
  'cause.fine': 'Nothing is in the way',
  'cause.fine.text': 'What was looked at works.',
  'cause.fine.try': 'If two devices do not meet all the same, check on the other one too.',
  'cause.alone': 'This device is in no swarm yet',
  'cause.alone.text': 'It has nobody to link with.',
  'cause.alone.try': 'Begin a swarm on this device, or open the invitation of another one.',
  'cause.no-devices': 'There is no other device in this swarm yet',
  'cause.no-devices.text': 'All ways work as far as this device can tell.',
  'cause.no-devices.try': 'Invite a second device.',
  'cause.worker-silent': 'The part of Shoal that works in the background does not answer',
  'cause.worker-silent.text': 'The browser has put it to sleep, or it is busy and cannot be woken.',
  'cause.worker-silent.try':
    'Close all other tabs of Shoal and reload this one.\nIf that does not help, restart the browser. What was stored is safe.\nSee whether the device saves energy or memory, and allow the browser to work in the background.',
  'cause.worker-asleep': 'The background part of Shoal was asleep',
  'cause.worker-asleep.text':
    'The browser stopped it while this tab was open; it runs again since {time}. Meanwhile nothing was received.',
  'cause.worker-asleep.try':
    'Keep Shoal on the screen: a browser stops what it cannot see.\nTurn the battery saver off, or keep the device on its charger.\nLeave the screen on, see Devices.',
  'cause.page-outdated': 'This tab shows another version than the one that runs',
  'cause.page-outdated.text': 'It was said: {detail}',
  'cause.page-outdated.try': 'Close the other tabs of Shoal and reload this one.',
  'cause.node-refuses': 'The node of this device could not be opened',
  'cause.node-refuses.text': 'It was said: {detail}',
  'cause.node-refuses.try':
    'Reload this tab.\nRestart the browser.\nIf the storage is full, free some room on the device.',
  'cause.revoked': 'This device was shut out of the swarm',
  'cause.revoked.text': 'An admin has revoked it. Nobody links with it any more, and what it writes does not count.',
  'cause.revoked.try':
    'Ask an admin whether that was meant.\nTo come back, let this device leave the swarm and invite it anew.',
  'cause.retired': 'This device was taken out of service',
  'cause.retired.text':
    'An admin has said that it is lost, broken or replaced. Nobody links with it any more; what it wrote still counts.',
  'cause.retired.try': 'To use it again, let it leave the swarm and invite it anew.',
  'cause.left': 'This device has left the swarm',
  'cause.left.text': 'The others do not link with it any more.',
  'cause.left.try': 'Invite it anew.',
  'cause.links-off': 'Links are switched off on this device',
  'cause.links-off.text': 'Somebody chose that it makes none. Everything on it goes on.',
  'cause.links-off.try': 'Switch them on under Devices.',
  'cause.no-radio': 'No tab of Shoal on this device can hold links now',
  'cause.no-radio.text': 'Only a tab that is on the screen can.',
  'cause.no-radio.try': 'Bring Shoal to the screen and keep it there.\nIf it is on the screen, reload this tab.',
  'cause.no-webrtc': 'This browser cannot connect to other devices',
  'cause.no-webrtc.text': 'It offers no WebRTC, or it was forbidden to.',
  'cause.no-webrtc.try':
    'Use a current Chrome, Edge, Firefox or Safari.\nAsk who manages this device whether WebRTC is forbidden on it.',
  'cause.offline': 'This device has no network',
  'cause.offline.text': 'The browser says that no network is connected.',
  'cause.offline.try': 'Turn the Wi-Fi on, and aeroplane mode off.\nConnect to the Wi-Fi of the plant.',
  'cause.local-network-denied': 'This address may not reach devices on the local network',
  'cause.local-network-denied.text': 'The browser asks people whether a page may do so, and here the answer was no.',
  'cause.local-network-denied.try':
    'Tap the sign left of the address, open the settings of this site and allow access to the local network.\nOn an iPad or iPhone: Settings, Privacy, Local Network; switch the browser on.\nReload this tab.',
  'cause.no-candidates': 'The browser finds no address of this device',
  'cause.no-candidates.text':
    'Without one others cannot connect to it. Most often the network has no gateway (no default route), or a rule forbids direct connections.',
  'cause.no-candidates.try':
    'Give the network a gateway, also one that leads nowhere: the router of the Wi-Fi has a field for it.\nAllow the camera for this address: browsers then tell others the addresses themselves.\nOpen Shoal on one more device that has an address, such as the station: it can be reached all the same.\nAsk who manages this device whether WebRTC is restricted.',
  'cause.certificate-untrusted': 'This device does not trust the certificate of {url}',
  'cause.certificate-untrusted.text':
    'The app goes on from what is stored, but nothing new comes from there: no update, and no help in finding others.',
  'cause.certificate-untrusted.try':
    'Install the certificate of the plant on this device; the station shows the way at its address.\nOn an iPad or iPhone a second switch is needed: Settings, General, About, Certificate Trust Settings.\nSee whether the date of this device is right: a certificate is only good for a time.',
  'cause.certificate-expiring': 'The certificate of {url} expires in {time}',
  'cause.certificate-expiring.text':
    'After that browsers refuse it, and this device gets no update and no help in finding others.',
  'cause.certificate-expiring.try':
    'Renew the certificate on the station; it renews its own by itself while it runs.\nTell the technician who set the station up.',
  'cause.no-station': 'No station is set up',
  'cause.no-station.text': 'Without one devices find each other only by others they are linked with, or by codes.',
  'cause.no-station.try': 'Add the address of a station under Devices.\nLink two devices by hand, see Devices.',
  'cause.signalling-unreachable': 'The station {url} cannot be reached',
  'cause.signalling-unreachable.text':
    'Devices find each other there. It is off, in another network, or something stands between. {detail}',
  'cause.signalling-unreachable.try':
    'See whether the station runs, and whether this device is in the same network.\nOpen the address of the station in a new tab: the browser then says what it objects to.\nAsk whether a firewall lets this address and port through.\nMeanwhile link two devices by hand, see Devices.',
  'cause.not-a-station': 'What answers at {url} is no station',
  'cause.not-a-station.text': 'Something else has this address. {detail}',
  'cause.not-a-station.try':
    'Correct the address under Devices; it ends in /signal.\nSee whether a proxy or a sign-in page of the Wi-Fi stands between.',
  'cause.station-refuses': 'The station {url} refuses this device',
  'cause.station-refuses.text': 'It was said: {detail}',
  'cause.station-refuses.try':
    'Update the station and this device to the same version.\nIf it is full, add another station.',
  'cause.multicast-filtered': 'The network does not carry the names by which devices hide their addresses',
  'cause.multicast-filtered.text':
    '{name} and this device heard of each other and know each other only by such names (mDNS), which need multicast. Many access points filter it.',
  'cause.multicast-filtered.try':
    'Allow multicast (mDNS, port 5353) on the access point, or turn “multicast filter” and “IGMP snooping” off.\nAllow the camera for this address on one of both devices: it then tells its address itself.\nRun a station in this network: it is reached by its address.\nIf that does not help, see whether the access point keeps devices apart (client isolation).',
  'cause.isolation': 'The network probably keeps devices apart',
  'cause.isolation.text':
    '{name} and this device heard of each other and told each other their addresses, but nothing passes between them. Wi-Fi for guests does so on purpose (client isolation).',
  'cause.isolation.try':
    'Turn client isolation (also “AP isolation”, “guest mode”) off on the access point.\nUse the Wi-Fi of the plant, not that for guests, on both devices.\nSee whether both are in the same network (VLAN), and whether a firewall stops UDP between them.',
  'cause.device-no-candidates': 'The browser of {name} finds no address of its own',
  'cause.device-no-candidates.text': 'Both heard of each other, but {name} could tell no way to itself.',
  'cause.device-no-candidates.try': 'Run this check on {name}: it says what to do there.',
  'cause.wrong-swarm': 'The other device belongs to another swarm',
  'cause.wrong-swarm.text': 'Devices of different swarms do not link with each other.',
  'cause.wrong-swarm.try':
    'See on the other device, under Devices, which swarm it is in.\nInvite it into this swarm, or open its invitation here.',
  'cause.not-member': 'One of both does not know the other as a member',
  'cause.not-member.text': 'It may not have heard yet who was let in.',
  'cause.not-member.try':
    'Wait a minute, with a third device of the swarm in reach.\nIf it stays so, invite the device anew.',
  'cause.version-old-here': 'The versions of this device and {name} are too far apart',
  'cause.version-old-here.text': 'The older of both has to be updated first; most likely that is this device.',
  'cause.version-old-here.try':
    'Bring this device into reach of the station and reload Shoal, until it offers an update or shows none.\nIf it shows none, do the same on {name}.',
  'cause.version-old-there': 'The version of {name} is too old for this device',
  'cause.version-old-there.text': 'It has to be updated before the two can link.',
  'cause.version-old-there.try':
    'Bring {name} into reach of the station and reload Shoal there, until it offers an update.',
  'cause.cloned': 'The other device shows the identity of this one',
  'cause.cloned.text': 'One of both is a copy, or was restored from one.',
  'cause.cloned.try': 'Let the copy leave the swarm and invite it anew.',
  'cause.in-between': 'The other end could not prove that it is {name}',
  'cause.in-between.text': 'Somebody may stand between, or answers in its place. Nothing was told to it.',
  'cause.in-between.try':
    'Do not go on in this network before a technician has looked at it.\nSave the diary and send it along.',
  'cause.device-revoked': '{name} was shut out of the swarm',
  'cause.device-revoked.text': 'An admin has revoked it: nobody links with it any more.',
  'cause.device-revoked.try': 'Ask an admin whether that was meant.',
  'cause.device-retired': '{name} was taken out of service',
  'cause.device-retired.text': 'Nobody links with it any more; what it wrote still counts.',
  'cause.device-retired.try': 'To use it again, let it leave the swarm and invite it anew.',
  'cause.device-left': '{name} has left the swarm',
  'cause.device-left.text': 'It goes on alone, or is in another swarm.',
  'cause.device-left.try': 'Invite it anew if it is to come back.',
  'cause.device-away': '{name} is not there',
  'cause.device-away.text': 'It is neither at a station nor linked with a device that this one is linked with.',
  'cause.device-away.try':
    'See whether it is switched on, in the network, and has Shoal on its screen.\nRun this check on {name}.',
  'cause.device-no-radio': '{name} has no tab of Shoal on its screen',
  'cause.device-no-radio.text': 'It answers, but only a tab on the screen can hold links.',
  'cause.device-no-radio.try': 'Bring Shoal to the screen of {name} and keep it there.',
  'cause.device-full': '{name} has as many links as it takes',
  'cause.device-full.text': 'It is reached through others.',
  'cause.device-full.try': 'Nothing has to be done.',
  'cause.no-answer': '{name} is there, but does not answer',
  'cause.no-answer.text':
    'It was found and called, and nothing came back in time. Its screen may be off, or its browser asleep.',
  'cause.no-answer.try': 'Bring Shoal to the screen of {name} and keep it there.\nReload Shoal on {name}.',
  'cause.dropped': 'The link to {name} came about and broke',
  'cause.dropped.text': 'It was said: {detail}',
  'cause.dropped.try':
    'See whether both have good reception.\nIt is tried again by itself; if it breaks again and again, save the diary and send it along.',
  'cause.refused': 'The link to {name} was refused',
  'cause.refused.text': 'It was said: {detail}',
  'cause.refused.try': 'Save the diary and send it along.',
  'cause.trying': 'A link to {name} is being made',
  'cause.trying.text': 'It has not come about yet.',
  'cause.trying.try': 'Check again in a moment.',
  'cause.not-needed': 'No direct link to {name} is needed',
  'cause.not-needed.text': 'In a large swarm each device links with a few; {name} is reached through others.',
  'cause.not-needed.try': 'Nothing has to be done.',
  'cause.invitation': 'The invitation lets this device in no more',
  'cause.invitation.text': 'It was said: {detail}',
  'cause.invitation.try': 'Ask for a new invitation.',
  'cause.clock-off': 'The clock of this device is wrong by {time}',
  'cause.clock-off.text':
    'Others agree on another time. Events keep their order, but people see wrong times, and invitations and certificates seem expired.',
  'cause.clock-off.try':
    'Set date, time and time zone to automatic in the settings of this device.\nWithout the internet: let the router or a station tell the time (NTP).',
  'cause.clock-differs': 'The clocks of this device and {name} differ by {time}',
  'cause.clock-differs.text': 'Events keep their order, but people see different times.',
  'cause.clock-differs.try': 'Compare both with a clock you trust, and set the one that is wrong.',
  'cause.storage-full': 'The storage of this device is nearly full',
  'cause.storage-full.text': 'What arrives can be kept no longer, and nothing new can be written.',
  'cause.storage-full.try':
    'Free some room on the device: photos, videos, apps.\nSet how long event streams are kept, or let another device keep the rest.',
  'cause.storage-evictable': 'The browser may delete the data when room runs out',
  'cause.storage-evictable.text': 'It has not promised to keep it.',
  'cause.storage-evictable.try':
    'Add Shoal to the home screen: browsers then keep its data.\nKeep a second device or a station in the swarm.',
}
