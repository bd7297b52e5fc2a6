/** A station that is at another address now, and the way there for a device. */
export const move = {
  'moved.title': 'The station is now at {origin}',
  'moved.text':
    'What a device keeps belongs to the address it was opened at. This device has to go there as a new one; the swarm gives it everything again.',
  'moved.onlyHere': '{count} {count|event is|events are} on this device only.',
  'moved.wait': 'Leave Shoal open here, next to another device, until that is 0. Then this device can go.',
  'moved.member':
    'Everything of this device is on others, too. On an admin device that has moved already: Devices, choose this device, “Replace it”, “By a new device”. Scan its code with this device; it opens {origin}.',
  'moved.ready': 'Everything of this device is on others, too. It can go.',
  'moved.start': 'Move this device',
  'moved.stepOpen':
    'Open {origin} by the button, and join there. On an iPad: open it in Safari, add it to the home screen, open it from there, and paste the copied link.',
  'moved.stepStay': 'Leave this page open until the new one says that it has joined.',
  'moved.stepReplace':
    'There: Devices, choose the entry of before, “Replace it”, “By one that is here already”, this device. Then remove this old page.',
  'moved.open': 'Open {origin}',
} as const
