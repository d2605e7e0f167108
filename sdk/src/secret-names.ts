// Names that speak of secrets: of fields in a log, headers, variables, what an extension keeps. One table, which each who
// hides something by its name reads; what a schema calls secret needs no guess.

/** What stands under a name with one of these in it is taken for a secret anywhere. */
const surely = ["token", "password", "passphrase", "secret", "credential", "authorization", "cookie", "signature"];
const keysOfApis = "api[-_]?key";
/** These stand in names of harmless things too: only where hiding one of those costs little. */
const maybe = ["key", "pass", "auth(?!or)"];
/** Last words of variables. `AUTH` and `SIGNATURE` mostly name a kind there, `COOKIE` and `CREDENTIAL` a file. */
const lastWords = ["key", "token", "secret", "password", "passphrase"];

const sure = new RegExp([...surely, keysOfApis].join("|"), "i");
const possible = new RegExp([...surely, ...maybe].join("|"), "i");
const variable = new RegExp(`_(${lastWords.join("|").toUpperCase()})(_OLD)?$`);

/** Of a field or a header, where most things shall stay readable. */
export const namesSecret = (name: string): boolean => sure.test(name);

/** Of a value that looks like nothing harmless by itself. */
export const mayNameSecret = (name: string): boolean => possible.test(name);

/** Of a variable of the environment, which says in its last word what it holds. */
export const isSecretVariable = (name: string): boolean => variable.test(name);
