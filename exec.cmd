@rem npm start on Windows: elsewhere exec is a word of the shell
@%*
