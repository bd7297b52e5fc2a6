/** The first start: a new swarm, or joining one; and the recovery code. */
export const welcome = {
  'welcome.title': 'This device is ready',
  'welcome.text':
    'It keeps its own log and works without a network. Together with other devices it shares one log, with no central server in between.',
  'welcome.found': 'Begin a new swarm',
  'welcome.foundText': 'For the first device of a plant or a hall. Other devices are invited from here.',
  'welcome.join': 'Join a swarm',
  'welcome.joinText': 'For every further device. You need an invitation: a link, or a code to be photographed.',
  'welcome.look': 'Look around first',
  'welcome.lookText': 'Everything works on this device alone, too. “Begin” in the navigation brings you back here.',
  'welcome.back': 'Back',
  'welcome.deviceName': 'Name of this device',
  'welcome.deviceHint': 'So that others recognise it: where it hangs, or whose it is.',

  'found.title': 'Begin a new swarm',
  'found.name': 'Name of the swarm',
  'found.hint': 'For example “Plant North, Hall 3”. All devices see it.',
  'found.start': 'Begin',
  'found.keeps': '{count} {count|event|events} of this device {count|goes|go} along.',

  'recovery.title': 'Keep the recovery code',
  'recovery.why':
    'If every admin device of “{name}” is lost, this code alone can take the swarm up again. It is shown only until you confirm that you keep it, then it is deleted from this device.',
  'recovery.how':
    'Print it or write it down, and keep it like a key. Whoever has it can admit devices. It is typed in under “Devices” on any device of the swarm.',
  'recovery.print': 'Print',
  'recovery.copy': 'Copy',
  'recovery.copied': 'Copied',
  'recovery.prove': 'To be sure: type the last group of the code',
  'recovery.wrong': 'That is not the last group. Compare it with your copy.',
  'recovery.kept': 'I have kept it',
  'recovery.later': 'Later',
  'recovery.gone': 'The recovery code is no longer on this device: it was confirmed as kept.',
  'recovery.banner': 'The recovery code of “{name}” has not been kept yet.',
  'recovery.show': 'Keep it now',

  'sheet.recovery': 'Recovery code',
  'sheet.date': 'Printed on',
  'sheet.id': 'Swarm id',
  'sheet.what':
    'With this code the swarm can be taken up again when every admin device is lost. Whoever has it can admit devices: keep it under lock and key, not beside a device.',
  'sheet.checked': 'Checked by',
  'sheet.place': 'Kept at',

  'join.title': 'Join a swarm',
  'join.pasteHint': 'The whole link, or the text you were sent.',
  'join.invited': 'You are invited to',
  'join.until': 'valid until {time}',
  'join.expired': 'This invitation was valid until {time}. Ask for a new one.',
  'join.asAdmin': 'This device becomes an admin: it may invite others.',
  'join.start': 'Join {name}',
  'join.keeps':
    'The {count} {count|event|events} of this device {count|stays|stay} here, to be read and exported; {count|it does|they do} not go along.',
  'join.leaves':
    'This device is in “{name}” now. It leaves it by joining: the log it has stays here, to be read and exported.',
  'join.same': 'This device is in “{name}” already. There is nothing to join.',
  'join.toDevices': 'To the devices',
  'join.joining': 'Joining {name}',
  'join.step.searching': 'Looking for a member',
  'join.step.linking': 'Linking to it',
  'join.step.proving': 'Both show who they are',
  'join.step.committing': 'Membership is written down',
  'join.step.replicating': 'The log comes in',
  'join.since': 'since {time}',
  'join.goesOn': 'It goes on by itself, also after a restart.',
  'join.byHand': 'Nobody can be reached? Link two devices by codes',
  'join.failed': 'Not joined',
  'join.another': 'Use another invitation',
  'join.done': 'This device is in “{name}” now.',
  'join.received': '{count} {count|event|events} received.',
  'join.toReceive': '{count} more on their way.',
  'join.complete': 'Everything is here.',
  'join.showEvents': 'Show events',

  'error.invitation': 'This is no invitation. Ask for a new link and paste all of it.',
  'error.invitationExpired': 'The invitation has expired. Ask for a new one.',
  'error.invitationUsed': 'As many devices as this invitation allows have joined with it. Ask for a new one.',
  'error.alreadyMember': 'This device is in this swarm already.',
  'error.joinCancelled': 'Joining was cancelled.',
  'error.notAdmin': 'Only an admin device can do that.',
  'error.code': 'This is no such code. Copy all of it from the other device.',
  'error.codeExpired': 'This code is no longer waited for. Begin once more on both devices.',
  'error.noRadio': 'No tab of this device is on the screen, so it can hold no link. Bring this one to the front.',
  'error.noLink':
    'A device of the swarm was found, but no link to it could be made. Check that both are in the same network. It is tried again by itself.',
  'error.noWay':
    'The invitation names no station, so nobody can be found with it. Link this device by hand with one of the swarm, below.',
  'error.noStation':
    'No station can be reached. Check the network of this device, or link it by hand with one of the swarm, below.',
  'error.nobody':
    'No device of the swarm has answered yet. Open Shoal on one of them and leave it on the screen: any will do.',
  'error.founded': 'The recovery code was confirmed as kept; it is no longer on this device.',
} as const
