/** Of an import. A hundred thousand terminals and their merchants fit; ten million rows of a letter each took all memory of the process. */
export const mostRows = 250_000
