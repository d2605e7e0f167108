// Files that would be written over or added to: devices, the system's files, what runs at login, the guard's own home.
import { areaOf, resolvePath, secrecyOf } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";

/** Paths that a command writes to, by redirection or as what the program is for. */
export function written(command: Command): readonly string[] {
  const known = seen.get(command);
  if (known !== undefined) return known;
  const paths = writtenBy(command);
  seen.set(command, paths);
  return paths;
}

/** Many rules ask the same of one command. */
const seen = new WeakMap<Command, readonly string[]>();

function writtenBy(command: Command): string[] {
  const own = writers.filter(([on]) => on.test(command.name)).flatMap(([, pick]) => pick(command));
  return [
    ...command.writes.map((write) => write.path),
    ...own.filter((path) => path !== "").map((path) => resolvePath(path, command.cwd)),
  ];
}

const operands = (command: Command): string[] =>
  command.args.map((word) => word.text).filter((text) => !/^-./.test(text));
const afterOption = (command: Command, option: RegExp): string[] =>
  command.args.flatMap((word, index) => {
    const attached = /^--[\w-]+=(.+)$/.exec(word.text)?.[1];
    if (attached !== undefined) return option.test(word.text.split("=")[0] ?? "") ? [attached] : [];
    return option.test(word.text) ? [command.args[index + 1]?.text ?? ""] : [];
  });
const destination = (command: Command): string[] => {
  const named = afterOption(command, /^(-t|--target-directory)$/);
  const paths = operands(command);
  if (named.length > 0) return named;
  const last = paths.at(-1) ?? "";
  // Into a folder, it keeps its name.
  const inside = paths.slice(0, -1).map((path) => `${last.replace(/\/$/, "")}/${path.split("/").at(-1) ?? ""}`);
  return paths.length < 2 ? [] : last.endsWith("/") ? inside : [last];
};

/** `docker cp container:path here`. */
const copiedOut = (command: Command): string[] => {
  const last = operands(command).at(-1) ?? "";
  return / cp /.test(command.line) && /^[~/]/.test(last) ? [last] : [];
};

const writers: readonly (readonly [on: RegExp, pick: (command: Command) => string[]])[] = [
  [/^(tee|touch|chattr|truncate|fallocate|ed|ex|mkfifo|mknod|setfacl)$/, operands],
  [/^(cp|mv|ln|install|gcp|gmv|rsync|scp)$/, destination],
  [
    /^dd$/,
    (command) =>
      operands(command)
        .filter((arg) => arg.startsWith("of="))
        .map((arg) => arg.slice(3)),
  ],
  [
    /^(g?sed|perl|ruby)$/,
    (command) =>
      / (-[a-zA-Z]*i\S*|--in-place\S*) /.test(command.line)
        ? operands(command).slice(/ -e /.test(command.line) ? 0 : 1)
        : [],
  ],
  [
    /^g?sed$/,
    (command) => command.args.flatMap(({ text }) => /(?:^|[;{}/\d$,\s])[wW]\s+([~/][^\s;}]+)/.exec(text)?.[1] ?? []),
  ],
  [
    /^(curl|wget|openssl|gcc|sort|gpg|base64|tsc|go|pandoc|ffmpeg|age|yq|xxd|unzip|tcpdump|ssh-keygen)$/,
    (command) =>
      afterOption(command, /^(-[a-zA-Z]*[oO]|--output(-document|-file)?|-out|-d|-w|-f|-P|--directory-prefix)$/),
  ],
  [
    /^(g?tar|bsdtar)$/,
    (command) =>
      /^ (-?[a-zA-Z]*c[a-zA-Z]*f|-c .*-f) /.test(command.line)
        ? [operands(command)[/^ [^-]/.test(command.line) ? 1 : 0] ?? ""]
        : [],
  ],
  [/^(tar|bsdtar|unzip|cpio|7z)$/, (command) => afterOption(command, /^(-C|--directory|-d|-D)$/)],
  [/^(vim?|ex|nano|emacs|ee|joe|micro|pico|jed|mcedit|ne|kak|hx|helix|gedit|kate)$/, operands],
  [/^(docker|podman|nerdctl|kubectl|oc)$/, copiedOut],
  [/^(sponge|mkfile|mkswap)$/, operands],
  [/^(qemu-img|virt-\w+|convert|magick|gs|pandoc|ffmpeg)$/, (command) => operands(command).slice(-1)],
  [
    /^(sqlite3|psql|mysql|mariadb|duckdb)$/,
    (command) =>
      Array.from(
        [...command.args.map((word) => word.text), command.input?.text ?? ""]
          .join("\n")
          .matchAll(
            /(?:\.(?:output|once|save|backup|log)|\\o|into\s+(?:out|dump)file|\bto|writefile\s*\()\s*'?([~/][^\s';]+)/gi,
          ),
        (found) => found[1] ?? "",
      ),
  ],
  [/^g?awk$/, (command) => (/ (-i ?|--include[= ])inplace /.test(command.line) ? operands(command).slice(1) : [])],
  [/^(cpio|pax)$/, (command) => (/ -\w*[pr]/.test(command.line) ? operands(command).slice(-1) : [])],
  [/^find$/, (command) => afterOption(command, /^-f(print|ls|printf|print0)$/)],
  // Most programs name by these what they write. A path is meant, so that a pattern or a format is none.
  [
    /^(?!(grep|egrep|rg|ag|ps|mount|ssh|scp|sshfs|set|lsblk|df|kubectl|find|curl|test|docker|podman|nerdctl|docker-compose)$)/,
    (command) =>
      afterOption(
        command,
        /^(-[ow]|--(output|out|log|trace|report|dump|save|log-file|logfile|output-file|outfile|pidfile))$/,
      ).filter((path) => /^[~/]/.test(path)),
  ],
];

const writes = (command: Command, scene: Scene, fits: RegExp, areas?: RegExp): boolean =>
  written(command).some(
    (path) => fits.test(path) && (areas === undefined || areas.test(areaOf(path, scene.settings.workspace))),
  );

const login =
  /^~\/\.(bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|kshrc|cshrc|tcshrc|xinitrc|xprofile|xsession|inputrc|pam_environment|config\/fish\/config\.fish|vimrc|emacs|gitconfig|npmrc|pypirc|netrc|curlrc|wgetrc|tmux\.conf|screenrc|gdbinit|pythonrc|forward|rhosts|Rprofile|irbrc|pryrc|psqlrc|sqliterc|lldbinit|mailcap|envrc|curlrc|wgetrc|config\/(autostart[\w-]*|systemd|environment\.d|plasma-workspace|user-tmpfiles\.d|pip|git|nvim|tmux|kitty|fish\/conf\.d)\/.*|local\/share\/(systemd|dbus-1|kservices5|applications)\/.*|local\/lib\/python[\d.]*\/site-packages\/(\w+customize\.py|.*\.pth)|ipython\/profile_\w+\/startup\/.*|vim\/(plugin|autoload)\/.*|emacs\.d\/.*|cargo\/config\S*|m2\/settings\.xml|gradle\/init\S*|gnupg\/\S*conf|docker\/cli-plugins\/.*|kde\/Autostart\/.*|oh-my-zsh\/.*|claude(\.json|\/(settings|hooks|commands|agents).*)|codex\/.*|cursor\/(mcp|hooks).*|gemini\/.*|config\/(opencode|goose|zed)\/.*|config\/Code\/User\/\S*)/;
const sshAccess = /(^|\/)\.ssh\/(authorized_keys2?|rc|config|environment)$|^~\/\.ssh(\/(?!known_hosts)|$)/;
const cron =
  /^\/etc\/(cron|anacron|crontab|systemd|init\.d|rc|profile|bash|zsh|environment|xdg\/autostart|update-motd)|^\/var\/spool\/(cron|at)|^\/(usr\/)?lib\/systemd|LaunchAgents|LaunchDaemons/;
const critical =
  /^\/[\w/.-]+\/etc\/(passwd|g?shadow|sudoers|group|crontab|ssh\/sshd_config)|^\/etc\/(passwd|g?shadow|group|sudoers|ld\.so|pam|security|ssh\/|hosts|resolv|fstab|nsswitch|selinux|apparmor|ssl|ca-certificates|iptables|nftables|hostname|sysctl|modprobe|modules|default\/grub|apt|yum|inittab|login\.defs|securetty|shells|audit|rsyslog|crypttab|exports|udev)|^\/boot|^\/(usr\/)?(s?bin|lib)(32|64)?(\/|$)|^\/var\/(lib\/dpkg|lib\/rpm|log\/(auth|syslog|secure|wtmp|btmp|lastlog|messages|audit))|^\/run\/(docker|systemd)|vmlinuz|initrd|\.homarus(\/|$)|^\/house\/(vault|state|logs|run|checkpoints|agents|gateway|homarus|receipts|egress)\b/;

/** Only reads the file in place, or is a usual change for a developer. */
const usual = /^\/(etc\/(apt\/(sources\.list\.d|keyrings|trusted\.gpg\.d))|usr\/(local|share\/keyrings))(\/|$)/;

function changesModes(command: Command, scene: Scene, areas: RegExp): boolean {
  const paths = operands(command).map((path) =>
    command.through.includes("find") ? path.replace(/\/\uFFFC$/, "") || "/" : path,
  );
  return paths.some((path) => areas.test(areaOf(resolvePath(path, command.cwd), scene.settings.workspace)));
}

/** Somebody's work, which no build makes again. */
const prized =
  /\.(tsx?|jsx?|mjs|py|go|rs|java|kt|rb|php|cs?|cc|cpp|h|sql|swift|vue|svelte|tf|ya?ml|toml|md|docx?|xlsx?)$|(^|\/)(\.env(\.\w+)?|package(-lock)?\.json|Makefile|Dockerfile|Cargo\.lock|go\.(mod|sum))$/;

export const writing: readonly Rule[] = [
  {
    rule: "write.device",
    when: (c, s) =>
      writes(c, s, /./, /^device$/) && !/\/dev\/(tcp|udp)|\/dev\/tty\w*$|\/dev\/pts/.test(written(c).join(" ")),
    decision: "deny",
    reason: "would write over a device",
  },
  {
    rule: "write.device",
    on: /^(dd|ddrescue|dcfldd|pv)$/,
    args: / of=\uFFFC /,
    decision: "ask",
    reason: "would write over what is not known before it runs, maybe a disk",
  },
  {
    rule: "write.kernel",
    when: (c, s) => writes(c, s, /./, /^kernel$/),
    decision: "deny",
    reason: "would reach into the running kernel",
  },
  {
    rule: "write.ssh",
    when: (c, s) => writes(c, s, sshAccess) && !/^(ssh-keygen|touch|mkdir)$/.test(c.name),
    decision: "deny",
    reason: "would change who may log in over SSH, or how",
  },
  {
    rule: "write.critical",
    when: (c, s) =>
      !c.remote &&
      writes(c, s, critical) &&
      !written(c).every((path) => usual.test(path) && !/\/etc\/(sudoers|passwd|shadow|group)/.test(path)),
    decision: "deny",
    reason: "would change files that the system stands on",
  },
  {
    rule: "write.critical",
    when: (c, s) => c.remote && writes(c, s, critical),
    decision: "ask",
    reason: "would change files that the system stands on",
  },
  {
    rule: "write.scheduled",
    when: (c, s) => writes(c, s, cron) && !/^rsync|^scp/.test(c.name),
    decision: "deny",
    reason: "would have the system start something by itself",
  },
  {
    rule: "write.login",
    when: (c, s) => writes(c, s, login),
    decision: "ask",
    reason: "would change what runs or counts at every login",
  },
  {
    rule: "write.credentials",
    when: (c, s) =>
      writes(c, s, /^~\/\.(aws|docker|kube|azure|oci|gnupg|config\/(gh|gcloud|doctl|rclone|op)|terraform\.d)\//) ||
      written(c).some((path) => path.startsWith("~/.") && secrecyOf(path) === "strong" && !path.startsWith("~/.ssh")),
    decision: "ask",
    reason: "would change who a program logs in as",
  },
  {
    rule: "write.known-hosts",
    when: (c) =>
      written(c).includes("~/.ssh/known_hosts") &&
      !c.writes.some(({ by, path }) => by === ">>" && path.endsWith("known_hosts")) &&
      !/ (-a|--append) /.test(c.line),
    decision: "ask",
    reason: "would change which machines are taken for known",
  },
  {
    rule: "write.home-over",
    on: /^(cp|rsync|mv|tar)$/,
    args: / (-\w*[raR]\w*|--archive|--recursive) .*\/(\.|\*)? ~\/? /,
    decision: "ask",
    reason: "would write over the settings in the home",
  },
  {
    rule: "write.login",
    when: (c, s) => writes(c, s, /\/(site|user)customize\.py$|\.pth$/),
    decision: "ask",
    reason: "would have every program of Python run it",
  },
  {
    rule: "write.kernel",
    when: (c, s) =>
      writes(
        c,
        s,
        /\/(release_agent|notify_on_release|core_pattern|uevent_helper|binfmt_misc\/register|sysrq-trigger)$/,
      ),
    decision: "deny",
    reason: "would have the kernel start a program, past every wall",
  },
  {
    rule: "write.hooks",
    when: (c, s) => writes(c, s, /\.git\/(hooks\/(?!.*\.sample)|config$)|\.husky\/_/),
    decision: "ask",
    reason: "would plant code that git runs by itself",
  },
  {
    rule: "write.system",
    when: (c, s) =>
      !c.remote &&
      writes(
        c,
        s,
        /^\/(?!usr\/local\/|opt\/.|var\/www|var\/log\/.|etc\/(apt\/(sources|keyrings)|nginx|apache2)|usr\/share\/keyrings|mnt\/.|media\/.|srv\/.)/,
        /^(system|root)$/,
      ),
    decision: "ask",
    reason: "would change files of the system",
  },
  {
    rule: "write.program",
    on: /^(ln|cp|mv|install)$/,
    args: / (\/tmp|\/dev\/shm|\/var\/tmp)\/\S+ \/usr\/(local\/)?s?bin\//,
    decision: "ask",
    reason: "would put a program in place from where anyone may write",
  },
  {
    rule: "write.shell",
    when: (c, s) =>
      c.name !== "ln" &&
      writes(c, s, /(^|\/)\.(bashrc|bash_profile|bash_login|bash_aliases|profile|zshrc|zshenv|zprofile)$/),
    decision: "ask",
    reason: "would change what runs at every login",
  },
  {
    rule: "write.shadow",
    when: (c, s) =>
      writes(
        c,
        s,
        /^(~\/(\.local\/)?bin|\/usr\/local\/s?bin)\/(sudo|su|ssh|scp|ls|cat|cd|git|npm|node|python3?|pip3?|docker|kubectl|curl|wget|sh|bash|ps|rm|cp|mv|passwd|login|gpg|grep|find|vim?|make|systemctl|apt|aws|gh)$/,
      ),
    decision: "ask",
    reason: "would make a usual command do something else",
  },
  {
    rule: "write.whole",
    when: (c, s) =>
      (/^(cp|mv|ln|rsync|tar)$/.test(c.name) && writes(c, s, /./, /^root$/)) ||
      c.writes.some((write) => /^(root|home)$/.test(areaOf(write.path, s.settings.workspace))),
    decision: "ask",
    reason: "would write into the root of all files",
  },
  {
    rule: "write.emptied",
    when: (c, s) =>
      c.writes.some(
        (write) =>
          /^>\|?$|^&>$/.test(write.by) &&
          (/\*|\.(db|sqlite3?|bashrc|pem|key)$|_history$/.test(write.path) ||
            (((c.args.length === 0 && c.input === undefined) || c.line === " /dev/null ") &&
              /^(outside|system|home)$/.test(areaOf(write.path, s.settings.workspace))) ||
            (prized.test(write.path) && (c.name !== "cat" ? c.args.length === 0 : c.line === " /dev/null "))) &&
          areaOf(write.path, s.settings.workspace) !== "temporary" &&
          // Of several that write to one place, one after the other, none empties it.
          s.commands.filter((item) => item.writes.some(({ path }) => path === write.path)).length === 1,
      ) && /^(|:|true|cat|echo|printf)$/.test(c.name),
    decision: "ask",
    reason: "would empty files that hold data",
  },
  {
    rule: "write.swept",
    when: (c) =>
      (c.name === "" || (/^(:|true|echo|printf)$/.test(c.name) && c.args.length === 0)) &&
      c.writes.some((write) => write.by === ">" && /^(.*\/)?\uFFFC$/.test(write.path)),
    decision: "ask",
    reason: "would empty one file after another",
  },
  {
    rule: "write.random",
    when: (c, s) =>
      /\/dev\/(urandom|random|zero)/.test(c.line) &&
      /^(cat|dd|head|cp)$/.test(c.name) &&
      ((c.looped && (c.name !== "dd" || / of=\S*\uFFFC/.test(c.line)) && c.writes.length + c.args.length > 1) ||
        writes(c, s, /./, /^(outside|system|home|all|root)$/)),
    decision: "ask",
    reason: "would write noise over files",
  },
  {
    rule: "mode.root",
    on: /^(chmod|chown|chgrp|setfacl|chattr|chcon)$/,
    when: (c, s) =>
      changesModes(c, s, /^(root|home|system|kernel|device)$/) &&
      (/ (-[a-zA-Z]*R[a-zA-Z]*|--recursive) /.test(c.line) ||
        c.through.includes("find") ||
        /\/(etc|bin|boot|lib|sbin|dev)\b|\/ /.test(c.line)) &&
      !/ \/(usr\/local|opt|srv|var\/(www|lib|log))\/?\S+ $/.test(c.line),
    decision: "deny",
    reason: "would change who may use the system's files",
  },
  {
    rule: "mode.system",
    on: /^(chmod|chown|chgrp|chattr|setfacl)$/,
    when: (c, s) =>
      c.args.some(
        ({ text, glob }) => glob && /^(system|root)$/.test(areaOf(resolvePath(text, c.cwd), s.settings.workspace)),
      ),
    decision: "ask",
    reason: "would change who may use files of the system",
  },
  {
    rule: "mode.system",
    on: /^(chmod|chown|chgrp|chattr)$/,
    when: (c, s) =>
      !c.remote &&
      (/ (-[a-zA-Z]*R[a-zA-Z]*|--recursive) /.test(c.line)
        ? changesModes(c, s, /^(root|home|system|all|outside)$/) &&
          !/^ -R (\$?\w+:)?\w*:? ?~\/|~\/\.(npm|cache|local)/.test(c.line)
        : /\/(etc|usr\/bin)/.test(c.line)) &&
      !(c.name !== "chmod" && changesModes(c, s, /^all$/) && !changesModes(c, s, /^(root|home)$/)),
    decision: "ask",
    reason: "would change who may use files outside of the workspace, or all inside",
  },
  {
    rule: "mode.open",
    on: /^chmod$/,
    args: / (0?[0-7]?777|a\+rwx|ugo\+rwx|a=rwx|o\+w|666|0?000|a-rwx|a-r) /,
    when: (c) =>
      / (-[a-zA-Z]*R|--recursive)/.test(c.line) ||
      / (0?000|a-rwx) /.test(c.line) ||
      /\.ssh|\.gnupg|\/etc|\/var|docker\.sock|~ /.test(c.line),
    decision: "ask",
    reason: "would open files to everyone, or close them to all",
  },
  {
    rule: "mode.setuid",
    on: /^chmod$/,
    args: / ([ugoa]*\+[rwx]*s[rwx]*|[ug]=\w*s|0?[2467][0-7]{3}|0?[2467][0-7]{3}) /,
    decision: "deny",
    reason: "would let anyone run a program with its owner's rights",
  },
  {
    rule: "mode.setuid",
    on: /^install$/,
    args: / (-m ?|--mode[= ])\S*[=+]\w*s/,
    decision: "deny",
    reason: "would let anyone run a program with its owner's rights",
  },
  {
    rule: "write.option",
    args: / --?[\w-]+=(~|\/root|\/home\/[^/\s]+)\/\.ssh\/authorized_keys| --?(out\S*|file\w*|log\S*|dest\S*|target|path|name|write\S*|save\S*)=\/(etc\/(passwd|g?shadow|sudoers|cron|ld\.so|pam)|boot\/|usr\/s?bin\/)/,
    when: (c) => !/^(ls|stat|grep|find|cat|diff)$/.test(c.name),
    decision: "deny",
    reason: "would change files that the system stands on",
  },
  {
    rule: "mode.locked",
    on: /^chattr$/,
    args: / [-+=]\w*i/,
    decision: "ask",
    reason: "would lock or unlock files against all change",
  },
];
