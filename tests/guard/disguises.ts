// Ways to write a command so that a list of strings would not know it again. Each gives undefined where it does not fit.
type Disguise = (command: string) => string | undefined;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const encoded = (text: string): string => Buffer.from(text).toString("base64");
const programOf = (text: string): string => /^[a-z][\w.-]+/.exec(text)?.[0] ?? "";
const rest = (text: string): string => text.slice(programOf(text).length);

const keywords = /^(if|for|while|function|case|until|alias|trap|set|export|declare)\b/;
/** These are the shell's own and have no file. */
const builtins = /^(eval|source|exec|cd|alias|history|unset|command|ulimit|kill|read|enable)\b/;
const small =
  /^(rm|dd|wget|nc|find|chmod|chown|mv|cp|kill|reboot|halt|poweroff|mount|mkswap|truncate|unlink|shred|crontab|cat)\b/;

/** Only for a single command that begins with a program's name. */
const one =
  (make: Disguise): Disguise =>
  (text) =>
    /[;&|<>(){}\n]/.test(text) || keywords.test(text) || programOf(text) === "" || /^\w+=/.test(text)
      ? undefined
      : make(text);
const oneLine =
  (make: Disguise): Disguise =>
  (text) =>
    text.includes("\n") ? undefined : make(text);

export const disguises: Readonly<Record<string, Disguise>> = {
  "empty quotes inside the name": one((text) => `${text[0]}''${text.slice(1)}`),
  "a quoted name": one((text) => `"${programOf(text)}"${rest(text)}`),
  "a backslash before the name": one((text) => `\\${text}`),
  "a backslash inside the name": one((text) => `${text[0]}\\${text.slice(1)}`),
  "an escaped letter": one((text) => `$'\\x${text.charCodeAt(0).toString(16)}'${text.slice(1)}`),
  "a variable": one((text) => `x=${programOf(text)}; $x${rest(text)}`),
  "halves in two variables": one((text) => `a=${text[0]} b=${programOf(text).slice(1)}; $a\${b}${rest(text)}`),
  "the program's path": one((text) => (builtins.test(text) ? undefined : `/usr/bin/${text}`)),
  command: one((text) => `command ${text}`),
  sudo: one((text) => `sudo -E ${text}`),
  env: one((text) => `env A=1 ${text}`),
  "nohup in the background": one((text) => `nohup ${text} &`),
  timeout: one((text) => `timeout -k 5 30s ${text}`),
  busybox: one((text) => (small.test(text) ? `busybox ${text}` : undefined)),
  "IFS in place of spaces": one((text) => (/["'$`\\]/.test(text) ? undefined : text.replaceAll(" ", "${IFS}"))),
  "an alias": one((text) => `alias zz=${quoted(text)}; zz`),
  "a substituted name": one((text) => `$(echo ${programOf(text)})${rest(text)}`),
  "arguments by xargs": one((text) =>
    /["'$`\\*~]/.test(text) ? undefined : `echo ${quoted(rest(text).trim())} | xargs ${programOf(text)}`,
  ),
  "bash -c": (text) => `bash -c ${quoted(text)}`,
  eval: (text) => `eval ${quoted(text)}`,
  "a here-string": (text) => `sh <<< ${quoted(text)}`,
  "a here-document": oneLine((text) => `bash <<'XX'\n${text}\nXX`),
  "base64 into a shell": (text) => `echo ${encoded(text)} | base64 -d | sh`,
  "base64 in a variable": (text) => `p=${encoded(text)}; eval "$(echo $p | base64 --decode)"`,
  "printf into a shell": (text) => `printf '%s' ${quoted(text)} | bash`,
  "hexadecimal digits": (text) => `xxd -r -p <<< ${Buffer.from(text).toString("hex")} | sh`,
  backwards: (text) => (/[^ -~]/.test(text) ? undefined : `rev <<< ${quoted([...text].reverse().join(""))} | bash`),
  "behind another": oneLine((text) => `true; ${text}`),
  "behind and": (text) => `ls && ${text}`,
  "behind or": (text) => `false || ${text}`,
  "a subshell": (text) => `(\n${text}\n)`,
  "a substitution": (text) => `x=$(\n${text}\n)`,
  "a function": (text) => `later() {\n${text}\n}\nlater`,
  "a branch": (text) => `if true; then\n${text}\nfi`,
  "a script that it writes": oneLine((text) => `echo ${quoted(text)} > /tmp/a.sh; sh /tmp/a.sh`),
};
