// Which commands bring the content of keys, passwords and histories out of their files, whatever the rules make of it.
import { resolvePath, secrecyOf } from "./places.ts";
import type { Command, Word } from "./verdict.ts";

/** Programs that take something to another machine. */
export const senders =
  /^(curl|wget|nc|ncat|netcat|socat|telnet|ftp|tftp|sftp|lftp|scp|rsync|ssh|http|https|xh|httpie|aws|gsutil|gcloud|az|rclone|s3cmd|mc|mail|mailx|mutt|sendmail|swaks|msmtp|dig|nslookup|host|drill|ping|openssl|git|gh|lynx|transfer|croc|wormhole|magic-wormhole|ngrok|slackcat|logger|gist|hub|telegram-send|notify|xxd|busybox|ffsend|termbin|pastebinit|s_client|hg|docker|finger|whois|iodine|dnscat2?|nmap|smbclient|restic|borg|syncthing|kubectl)$/;
export const readers =
  /^(cat|less|more|head|tail|tac|bat|nl|od|xxd|hexdump|strings|base64|base32|grep|egrep|fgrep|rg|ag|awk|gawk|sed|cut|sort|uniq|jq|yq|cp|mv|tar|zip|gzip|7z|bzip2|xz|dd|rev|tee|vim?|nano|view|find|xargs|python[\d.]*|perl|ruby|php|node|openssl|gpg|scp|rsync|curl|wget|nc|sqlite3|split|paste|diff|install|ln|source|read|mapfile|sftp|ftp|mail|mutt|uuencode|strace|ditto|pax|cpio|column|fold|fmt|pr|comm|look|shuf|iconv|qrencode|wc|md5sum|aws|gsutil|rclone|git|gh|az|http|docker|secret-tool|ssh|)$/;

/** Many rules ask the same of one command. */
const kinds = new WeakMap<Command, ReadonlySet<string | undefined>>();

export function touched(command: Command, kind: "strong" | "mild"): boolean {
  const known = kinds.get(command) ?? new Set(secreciesIn(command));
  kinds.set(command, known);
  return known.has(kind);
}

/** Of a word of letters alone, these few are names of such files. */
const noPath = /^(?!secrets?$|credentials?$|cookies$|keyrings?$|kwallet|keychain)[a-z\d-]*$/i;

/** What is looked for is no file. */
function withoutPattern(args: readonly Word[]): readonly Word[] {
  const at = args.findIndex(
    ({ text }, index) => !/^-/.test(text) && !/^-[ABCmefgtT]$/.test(args[index - 1]?.text ?? ""),
  );
  return args.some(({ text }) => /^(-e|-f|--regexp|--file)/.test(text))
    ? args
    : args.filter((_, index) => index !== at);
}

function secreciesIn({ name, args, cwd, input }: Command): readonly ("strong" | "mild" | undefined)[] {
  const isNoun = /^(gh|glab|aws|az|gcloud)$/.test(name);
  const isPlain = !/(^~?|\/)\./.test(cwd);
  return [
    input?.file === undefined ? undefined : secrecyOf(input.file),
    ...(/^([ef]?grep|rg|ag|ack)$/.test(name) ? withoutPattern(args) : args)
      // Of such a command line a bare word is a noun.
      .filter((word) => !(isNoun && /^(secrets?|credentials?)$/.test(word.text)))
      .filter((word) => !(isPlain && noPath.test(word.text)))
      .flatMap((word) => pathsIn(word.text).map((path) => secrecyOf(resolvePath(path, cwd)))),
  ];
}

/** `file=@path`, `@path`, `-T/path`, `user:path` and the like. */
export function pathsIn(text: string): string[] {
  if (/^(https?|ssh|git|s3|gs):\/\//.test(text) || (/\s/.test(text) && !/^[~/.]/.test(text))) return [];
  return [text, ...text.split(/[@=<:;]/).slice(1), text.replace(/^-\w/, "")].filter((part) => part !== "");
}

const openers = new Map<string, boolean>();

function mayOpen(name: string): boolean {
  const before = openers.get(name);
  if (before !== undefined) return before;
  const may = readers.test(name) || (senders.test(name) && !/^(restic|borg)$/.test(name));
  if (openers.size < 2_000 && name.length <= 40) openers.set(name, may);
  return may;
}

export const opened = (command: Command, kind: "strong" | "mild"): boolean =>
  mayOpen(command.name) && touched(command, kind) && !isLogin(command);

/** A key that is used to log in, or only named, is not read out. */
function isLogin(command: Command): boolean {
  if (/^(ssh|scp|sftp|rsync|git|docker|kubectl)$/.test(command.name)) {
    const rest = command.args.filter(
      (word, index) => !/^-[iFe]$/.test(command.args[index - 1]?.text ?? "") && !/^-/.test(word.text),
    );
    return !rest.some((word) =>
      pathsIn(word.text).some((path) => secrecyOf(resolvePath(path, command.cwd)) === "strong"),
    );
  }
  if (
    /^(curl|wget)$/.test(command.name) &&
    / (--cert|--key|--cacert|-E|--netrc-file|--ca-certificate) /.test(command.line) &&
    !/@|-T/.test(command.line)
  )
    return true;
  if (/^(openssl)$/.test(command.name))
    return / (x509|req|verify|genrsa|genpkey|pkcs12|s_server|rand|dgst|pkeyutl|ca|crl) /.test(command.line);
  if (command.name === "find") return !/exec|delete|fprint/.test(command.line) && !/^ (\/|~) /.test(command.line);
  return command.name === "gpg";
}
