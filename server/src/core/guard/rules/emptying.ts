// Files that would be gone for good: emptied in place, put aside and then thrown away, locked up.
import { areaOf, resolvePath } from "../places.ts";
import type { Rule } from "../verdict.ts";

export const emptying: readonly Rule[] = [
  {
    rule: "delete.cleaned",
    on: /^(fdupes|jdupes|rdfind|rmlint(\.sh)?|bleachbit|czkawka\w*|tmpreaper|tmpwatch|localepurge)$/,
    args: /( -\w*[dDNcos]\w* | -deleteduplicates true|--(delete|clean|overwrite|shred)|^ \d)/,
    decision: "ask",
    reason: "would delete what it takes for needless",
  },
  {
    rule: "delete.temporary",
    on: /^rm$/,
    args: / \/(var\/)?tmp\/?(\*|\.\*)? /,
    decision: "ask",
    reason: "would delete what every program keeps in the folder for temporary files",
  },
  {
    rule: "delete.overwritten",
    on: /^(tee|sponge|dd|cp|install)$/,
    when: (c, s) =>
      (c.input?.from ?? []).some(({ line }) => /\/dev\/(u?random|zero)/.test(line)) ||
      /^\/dev\/(u?random|zero)$/.test(c.input?.file ?? "") ||
      / (if=)?\/dev\/(u?random|zero|null) /.test(c.line)
        ? c.args.some(({ text }) => {
            const path = resolvePath(text.replace(/^of=/, ""), c.cwd);
            return (
              !/^-|=(?!\/)/.test(text.replace(/^of=/, "")) &&
              (/^(outside|home|system)$/.test(areaOf(path, s.settings.workspace)) ||
                (/^cp|install$/.test(c.name) &&
                  (c.looped || c.through.includes("xargs") || c.within?.includes("find") === true)))
            );
          })
        : false,
    decision: "ask",
    reason: "would write noise or nothing over files",
  },
  {
    rule: "delete.trash",
    on: /^(gio|trash|trash-empty|trash-rm|trash-cli|gvfs-trash|kioclient5?)$/,
    args: /^ (trash --empty|.*--empty.*|-\S+|\d+|\S.*)? ?$/,
    when: (c) => /^trash-/.test(c.name) || / (--empty|emptytrash:?\/?|-e) /i.test(c.line),
    decision: "ask",
    reason: "would delete for good what was put aside",
  },
  {
    rule: "delete.edited",
    on: /^g?sed$/,
    args: / (-[a-zA-Z]*i\S*|--in-place\S*) (.* )?((1,)?\$?d|\/\.?\*?\/d|\/\^\/d|s([/|#,])\.[*+]\5\5g?|s([/|#,])\^\.\*\$\6\6g?) /,
    decision: "ask",
    reason: "would empty files",
  },
  {
    rule: "delete.preserve",
    on: /^rm$/,
    args: /--no-preserve-root/,
    decision: "deny",
    reason: "would delete even the root of all files",
  },
  {
    rule: "delete.shred",
    on: /^(shred|gshred|srm|wipe|scrub|sfill|sswap|secure-delete)$/,
    args: / [^-]/,
    decision: "ask",
    reason: "would make files unrecoverable",
  },
  {
    rule: "delete.edited",
    on: /^(perl|ruby)$/,
    args: / -\w*i\S* (.* )?(-\w*e )?(\$_\u00A0?=\u00A0?(""|''|undef|q\S*);?|undef\u00A0\$_;?|s\/\.\*\/\/\w*;?) /,
    decision: "ask",
    reason: "would empty files",
  },
  {
    rule: "delete.locked-move",
    on: /^(7z|7za|zip|ccrypt|ccencrypt)$/,
    args: / (-[a-z]*m[a-z]* .*-P |-sdel|-[eK])/,
    decision: "ask",
    reason: "would replace files by locked ones",
  },
  {
    rule: "delete.locked-outside",
    on: /^(7z|7za|zip|gpg2?|openssl|ccrypt|ccencrypt|age|mcrypt|bcrypt)$/,
    args: / (-p\S+|-P|--encrypt|-e\w*|enc|-c|--symmetric|--password\S*) /,
    when: (c, s) =>
      !/ (-d|--decrypt|-l|t|x|-x) /.test(c.line) &&
      c.args.some(
        ({ text }) =>
          /^[/~]/.test(text) && /^(system|home|root)$/.test(areaOf(resolvePath(text, c.cwd), s.settings.workspace)),
      ),
    decision: "ask",
    reason: "would lock up files of the system or of a home",
  },
  {
    rule: "delete.compressed",
    on: /^(gzip|bzip2|xz|lzma|zstd|compress|pigz|pbzip2)$/,
    when: (c, s) =>
      !/ (-\w*[cdkltV]\w*|--(keep|stdout|decompress|test|list)) /.test(c.line) &&
      c.args.some(
        ({ text }) =>
          /^[/~]/.test(text) && /^(root|home|system)$/.test(areaOf(resolvePath(text, c.cwd), s.settings.workspace)),
      ),
    decision: "ask",
    reason: "would leave only packed files where programs look for theirs",
  },
  {
    rule: "delete.unlink",
    on: /^(perl|ruby|python[\d.]*)$/,
    args: /unlink[\s(]*(<|glob)\S*[*]/,
    decision: "ask",
    reason: "would delete whatever is in the folder",
  },
];
