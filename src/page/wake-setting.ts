/** Whether the screen is to stay on; kept on the device. Storage may be forbidden: then it is on, as by default. */

const key = 'shoal.wake'

export const readWakeSetting = (): boolean => {
  try {
    return localStorage.getItem(key) !== 'off'
  } catch {
    return true
  }
}

export const writeWakeSetting = (isOn: boolean): void => {
  try {
    localStorage.setItem(key, isOn ? 'on' : 'off')
  } catch {
    // for as long as the page is open, then
  }
}
