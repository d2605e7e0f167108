// Commands that hide what they run: fetched, decoded or made while they run.
import { meetsStranger } from "../hosts.ts";
import { naming, shells } from "../inner.ts";
import { type Command, hole, type Rule } from "../verdict.ts";

const fetchers =
  /^(curl|wget|fetch|aria2c|nc|ncat|netcat|socat|lynx|links|w3m|http|https|xh|httpie|scp|sftp|ftp|tftp|dig|nslookup|host|lwp-request|GET|telnet|openssl|gh|aws|gsutil|rclone|ssh)$/;
const decoders =
  /^(base64|base32|base58|basenc|xxd|od|openssl|gpg|uudecode|rev|tr|gunzip|gzip|zcat|bzip2|bzcat|xz|xzcat|unzip|zstd|lz4|hexdump|printf|perl|python[\d.]*|ruby|node|php|awk|sed|tac|cut|dd|strings|tail|head|tar|busybox|echo|read|fold|sort|jq)$/;
/** Programs whose output is meant for the shell that runs them. */
const meant =
  /^(ssh-agent|keychain|dircolors|direnv|pyenv|rbenv|nodenv|goenv|jenv|nvm|fnm|volta|asdf|mise|rtx|starship|zoxide|thefuck|fzf|brew|conda|mamba|micromamba|opam|minikube|docker-machine|kubectl|helm|gh|pip|pipx|npm|poetry|rustup|cargo|op|luarocks|perl|register-python-argcomplete|lesspipe|resize|gpg-agent|gpgconf|hcloud|doctl|flux|stern|k9s|kind|k3d|eksctl|argocd|just|uv|ruff|deno|bun|atuin|navi|env-cmd|aws|vault|terraform|podman|docker|nerdctl|systemctl|getopt|xdg-user-dir|heroku|ng|pnpm|yarn|task|chezmoi|black|rg|bat|fd|delta|saml2aws|assume|granted|autojump)$/;

const from = (command: Command): readonly Command[] => command.input?.from ?? [];
const wild = /^[^/]*$|^(\/(usr|bin|sbin|\?|\*)|[?*[])/;

function suspicious(command: Command): boolean {
  return (
    / (-[a-zA-Z]*[rR]?f[a-zA-Z]*|\/|~|\/\*|of=\S+|-c|-9|if=\S+) /.test(command.line) ||
    command.args.some((word) => word.text.startsWith("/dev/") && !/null/.test(word.text))
  );
}

/** A program whose name is not known: harmless only as a plain variable that the house sets, such as $EDITOR. */
function isNameless(command: Command): boolean {
  const { path, raw } = command;
  if (command.name.endsWith(":") || !command.name.includes(hole)) return false;
  if (/^"?\$\{?[@*1-9]/.test(raw)) return suspicious(command) || from(command).length > 0;
  if (path.includes("/") && path.startsWith(hole)) return true;
  return !/^"?\$\{?[A-Z][A-Z0-9_]*\}?"?$/.test(raw) || suspicious(command) || command.looped;
}

/** Programs that people start a shell with to work in it. */
const hosts =
  /^(exec|command|builtin|poetry|pipenv|uv|pdm|rye|hatch|conda|mise|asdf|rbenv|pyenv|direnv|op|doppler|dotenvx|aws-vault|ssh-agent|dbus-run-session|nix-shell|tmux|screen|xterm|konsole|gnome-terminal|lxterminal|vagrant|fly|flyctl|setarch|linux64)$/;

/** A shell that waits for orders, started from inside a program that is for something else. */
function isEscape(command: Command): boolean {
  if (!shells.test(command.name) || command.remote || command.input !== undefined) return false;
  if (
    command.args.some((word) => (!/^[-+\d]/.test(word.text) && !shells.test(word.text)) || /^-[a-z]*c$/.test(word.text))
  )
    return false;
  return [...(command.within ?? []), ...command.through].some((name) => !hosts.test(name) && !shells.test(name));
}

/** `!command` and the like, told to a program on its input. */
function isToldEscape(command: Command): boolean {
  const told = command.input?.text ?? "";
  if (/^(ed|ex|vim?|s?ftp|lftp|dc|mail|mailx|telnet|gdb|cpan|smbclient|less|more)$/.test(command.name))
    return /^\s*:?(!|shell\b)\s*\S/m.test(told);
  return /^\s*(\\!|\.shell|\.system|system\b)/m.test(told);
}

const shellPath = /(^|[^\w/.-])\/(usr\/)?bin\/(ba|z|da|k|a|c|tc)?sh\b(?![./])/;
const toldShell = /^\s*[:@]?(!|shell |exec |system |sh )\s*(\S+ )*\/?(bin\/)?(ba|z|da)?sh\b/m;
const mayNameShell = ({ name }: Command): boolean => name.endsWith(":") || shells.test(name) || naming.test(name);

const anyone = /^\/(tmp|var\/tmp|dev\/shm)\//;

const prompted = /\$\{\w+(\[[^\]]*\])?@P\}/;
const anywhere = /\/(tmp|dev\/shm|var\/tmp)\//;
const helper =
  /( -{1,2}\S*(cmd|exec|pager|pre|wrapper|shell|editor|rsh|program|hook|helper|askpass|plugin|load|init)\S*[ =]|[ .]\S*(wrapper|SHELL|linker|runner)=["']?)["']?\/(tmp|dev\/shm|var\/tmp)\//i;

const opaque = (command: Command, kind: RegExp): boolean => from(command).some((item) => kind.test(item.name));
const isMeant = (command: Command): boolean =>
  from(command).length > 0 &&
  // Piped into a shell, rather than evaluated, it has to be made for that as well.
  (!shells.test(command.path.split("/").at(-1) ?? "") ||
    / -c /.test(command.line) ||
    from(command).some(({ line }) => /completion|init|hook|env|activate|setup|alias|config/.test(line))) &&
  from(command).every(
    (item) =>
      (meant.test(item.name) && (item.name !== "perl" || /local::lib| -I/.test(item.line))) ||
      (/^(echo|printf|true|cat|which|tail|head|tr|sed|:)$/.test(item.name) &&
        from(command).some((other) => meant.test(other.name))),
  );

/** `sh -c "$(cat file)"`: as if a script of the workspace were named. */
const isReadIn = (command: Command): boolean =>
  / -c /.test(command.line) &&
  from(command).length > 0 &&
  from(command).every((item) => item.name === "cat" && !/ [/~]/.test(item.line));

export const hidden: readonly Rule[] = [
  {
    rule: "hidden.fetched",
    on: /^opaque:$/,
    when: (c) => opaque(c, fetchers) && !isMeant(c),
    decision: "ask",
    reason: "would run code from the network that nobody has read; download it, read it, then run the file",
  },
  {
    rule: "hidden.fetched-plain",
    on: /^opaque:$/,
    when: (c) =>
      from(c).some(
        (item) => fetchers.test(item.name) && /http:\/\/|\/\/\d+\.\d+|\.onion|pastebin|ngrok/.test(item.line),
      ),
    decision: "deny",
    reason: "would run code from an address that anyone could answer for",
  },
  {
    rule: "hidden.decoded",
    on: /^opaque:$/,
    when: (c) => opaque(c, decoders) && !opaque(c, fetchers) && !isMeant(c),
    decision: "ask",
    reason: "would run code that shows itself only while it runs",
  },
  {
    rule: "hidden.unknown",
    on: /^opaque:$/,
    when: (c) => !opaque(c, fetchers) && !opaque(c, decoders) && !isMeant(c) && !isReadIn(c),
    decision: "ask",
    reason: "would run a text that is not known before",
  },
  {
    rule: "hidden.program",
    when: isNameless,
    decision: "ask",
    reason: "would run a program whose name is not known before",
  },
  {
    rule: "hidden.wildcard",
    when: (c) =>
      /[?*[]/.test(c.name) &&
      c.name !== "[" &&
      c.name !== "[[" &&
      !c.name.endsWith(":") &&
      c.name !== "?" &&
      (wild.test(c.path) || /[?*[]/.test(c.path.slice(0, c.path.lastIndexOf("/") + 1))),
    decision: "ask",
    reason: "hides the program's name behind a wildcard",
  },
  {
    rule: "hidden.shell",
    when: isEscape,
    decision: "ask",
    reason: "would start a shell from inside another program, past its bounds",
  },
  {
    rule: "hidden.shell",
    when: (c) =>
      !c.remote && c.line.includes("/bin/") && c.args.some((word) => shellPath.test(word.text)) && !mayNameShell(c),
    decision: "ask",
    reason: "would start a shell from inside another program, past its bounds",
  },
  {
    rule: "hidden.told",
    when: (c) => c.input !== undefined && toldShell.test(c.input.text) && !mayNameShell(c),
    decision: "ask",
    reason: "would start commands from inside a program",
  },
  {
    rule: "hidden.shell-privileged",
    on: /^(ba|z|k|mk|da)?sh$/,
    args: /^ -\w*p\w* /,
    decision: "ask",
    reason: "would start a shell that keeps rights it was lent",
  },
  {
    rule: "hidden.start",
    on: /^(ba|z)?sh$/,
    args: / --(init-file|rcfile)[ =](?!\/dev\/null|~\/)/,
    decision: "ask",
    reason: "would begin with a file that is not read at other times",
  },
  {
    rule: "hidden.told",
    on: /^(ed|ex|vim?|s?ftp|lftp|dc|mail|mailx|telnet|gdb|cpan|smbclient|less|more|mysql|mariadb|psql|sqlite3)$/,
    when: isToldEscape,
    decision: "ask",
    reason: "would start commands from inside a program",
  },
  {
    rule: "hidden.option",
    when: (c) => anyone.test(c.path) && ((c.within ?? []).length > 0 || c.background || c.through.includes("nohup")),
    decision: "ask",
    reason: "would run a program from a place where anyone may write",
  },
  {
    rule: "hidden.settings",
    on: /^(logrotate|mutt|procmail|fetchmail|nmap|yum|dnf|snap|rpm|start-stop-daemon|run-parts|make|gcc|distcc):?$/,
    args: /^ (?:.* )?(?:logrotate:)?((-f|--force) \S+|-F ?\/(tmp|dev|var\/tmp)\S*|-c ?\/(tmp|dev|var\/tmp)\S*|--script[= ]\S*(\/|\.nse)\S*|--dangerous|-S|--start|--regex\S*|--new-session|-f ?\/(tmp|dev|var\/tmp)\S*) /,
    when: (c) =>
      (/^make:?$/.test(c.name) ? / (-f|--file)[= ]?\/(tmp|dev|var\/tmp)/.test(c.line) : c.name !== "gcc") &&
      (c.name !== "logrotate" || / -\w*f/.test(c.line)),
    decision: "ask",
    reason: "would have a program start what a settings file or an option names",
  },
  {
    rule: "hidden.macro",
    on: /^rpm\w*$/,
    args: / (--eval|-E)[= ].*(lua:|%\()/,
    decision: "ask",
    reason: "would run the code that stands in a macro",
  },
  {
    rule: "hidden.socket-module",
    on: /^(zmodload|ztcp|zsocket)$/,
    args: /net|^ [^-]/,
    when: (c) => c.name !== "zmodload" || c.line.includes("net/"),
    decision: "deny",
    reason: "would open a line to another machine past every check",
  },
  {
    rule: "hidden.socket",
    when: (c) =>
      c.writes.some((write) => /^\/dev\/(tcp|udp)\//.test(write.path)) &&
      /^(sh|bash|zsh|exec|ksh|dash|cat|env|printenv|tar|)$/.test(c.name),
    decision: "deny",
    reason: "would open a line to another machine past every check",
  },
  {
    rule: "hidden.socket-read",
    when: (c) =>
      /^\/dev\/(tcp|udp)\/(?!(localhost|127(\.\d+){3})\/)/.test(c.input?.file ?? "") ||
      (/\/dev\/tcp\/(?!(localhost|127(\.\d+){3})\/)/.test(c.line) && !/^(echo|printf|grep|rg|man|git)$/.test(c.name)),
    decision: "ask",
    reason: "would open a line to another machine past every check",
  },
  {
    rule: "hidden.socket-write",
    when: (c) => c.writes.some((write) => /^\/dev\/(tcp|udp)\/(?!(localhost|127(\.\d+){3})\/)/.test(write.path)),
    decision: "ask",
    reason: "would send data to another machine past every check",
  },
  {
    rule: "hidden.descriptor",
    on: /^(source|\.|sh|bash|zsh|dash)$/,
    args: /^ (\/dev\/fd\/[0-5]\d? |\/proc\/)/,
    decision: "ask",
    reason: "would run what an open line brings",
  },
  {
    rule: "hidden.interactive",
    on: /^(sh|bash|zsh|dash|ksh)$/,
    args: / -\w*i\w* /,
    when: (c) => c.writes.length > 0 || from(c).length > 0,
    decision: "ask",
    reason: "would hand a shell to someone else",
  },
  {
    rule: "hidden.downloaded",
    on: /^(chmod)$/,
    args: / (\+x|[ua]\+x|7\d\d|a\+rx) /,
    when: (c, s) =>
      s.commands.some(
        (item) => /^(curl|wget)$/.test(item.name) && /\/\/\d+\.\d+\.\d+\.\d+|\.onion|\/dev\/shm/.test(item.line),
      ) || /\/dev\/shm|\/tmp\/\./.test(c.line),
    decision: "ask",
    reason: "would make a fetched file ready to run",
  },
  {
    rule: "hidden.escape",
    on: /^(vim?|nvim|view|ex|less|more|man|nano|pico|ftp|gdb|ed|emacs)$/,
    args: /(:!|!\/bin\/|!sh|!bash|system\(|py import os|:py|:lua|shell )/,
    decision: "ask",
    reason: "would start a shell from inside a program",
  },
  {
    rule: "hidden.edited",
    on: /^g?sed$/,
    args: /(^|[\s\u00A0;])s([/|#,]).*\2.*\2\w*e\w*[\s;}]/,
    decision: "ask",
    reason: "would run the lines that it makes",
  },
  {
    rule: "hidden.address",
    on: /^(deno|bun|node|go|java|tsx|npx:?|jbang|rundll32)$/,
    args: / (run )?(-\S+ )*https?:\/\/(?!(localhost|127(\.\d+){3})[:/ ])/,
    decision: "ask",
    reason: "would run code from the network that nobody has read",
  },
  {
    rule: "hidden.prompt",
    when: (c) => prompted.test(c.raw) || c.args.some((word) => prompted.test(word.raw)),
    decision: "ask",
    reason: "would run what stands in a variable's value",
  },
  {
    rule: "hidden.index",
    on: /^(test|\[|\[\[|let|read|declare|unset|typeset|export|printf|mapfile|readarray)$/,
    args: /^ (.* )?(?:\w+\[[^\s\]]*)(\$\(|`)/,
    decision: "ask",
    reason: "would run a command that stands in an index",
  },
  {
    rule: "hidden.helper",
    when: (c) => anywhere.test(c.line) && helper.test(c.line),
    decision: "ask",
    reason: "would have a program start what lies where anyone may write",
  },
  {
    rule: "hidden.handed",
    on: /^(go|node|python[\d.]*|perl|ruby|php|bash|sh|java|deno|bun|lua|tsx|cargo|dotnet)$/,
    args: /^ (run |-\S+ )*\/(tmp|dev\/shm|var\/tmp)\/\S+ (.* )?\d+(\.\d+){3}(:\d+)? /,
    when: meetsStranger,
    decision: "ask",
    reason: "would have a script from a place where anyone may write talk to a machine that has only a number",
  },
  {
    rule: "hidden.archive",
    on: /^(g?tar|bsdtar)$/,
    args: /(--to-command|--checkpoint-action=exec|--info-script|--new-volume-script)|^ -?[a-z]*x[a-z]*P|^ -?[a-z]*Px|^ (.* )?-?\w*x\w* (.* )?(-\w*P\w*|--absolute-names) /,
    decision: "ask",
    reason: "would start a program for each file it packs",
  },
  {
    rule: "hidden.preload",
    on: /^(ssh-keygen|openssl|enable|pkcs11-tool|curl|sqlite3)$/,
    args: / (-D \S+\.so|-engine|\S+\.so |--engine|load_extension)/,
    decision: "ask",
    reason: "would load a library's code",
  },
  {
    rule: "hidden.pickup",
    on: /^(msiexec|regsvr32|mshta|rundll32|msfvenom|msfconsole|meterpreter|setoolkit|beef|empire|sliver|mimikatz|linpeas(\.sh)?|pspy(64)?|chisel|ligolo|frpc|cobaltstrike|pwncat|weevely|responder)$/i,
    decision: "deny",
    reason: "is a tool for breaking into machines",
  },
];
