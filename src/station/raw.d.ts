/** The text of a file, as the build finds it. */
declare module '*?raw' {
  const text: string
  export default text
}
