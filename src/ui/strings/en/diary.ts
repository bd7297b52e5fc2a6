/** The diary of the node. */
export const diary = {
  'diary.title': 'Diary',
}
