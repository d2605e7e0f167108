// Lines to other machines: shells handed out, doors opened, data sent in bulk, attacks on others.
import { keepsHere, meetsStranger } from "../hosts.ts";
import { looksOnly } from "../looking.ts";
import { areaOf, resolvePath } from "../places.ts";
import { type Command, hole, type Rule, type Scene } from "../verdict.ts";

const shellish = /(\/|\b)(ba|z|k|da|a)?sh\b|cmd|powershell|\/bin\/|python|perl/;

/** An upload of something that is no file of the workspace, or of a whole folder packed up. */
function uploads(command: Command, scene: Scene): boolean {
  const files = command.args.flatMap((word, index) => {
    const before = command.args[index - 1]?.text ?? "";
    if (/^(-T|--upload-file|--post-file|--body-file)$/.test(before)) return [word.text];
    const named =
      /^(?:-T|--upload-file=|--post-file=|--body-file=)(.+)$/.exec(word.text)?.[1] ??
      /^(?:[\w[\]]+=)?@(.+?)(;.*)?$/.exec(word.text)?.[1];
    return named === undefined ? [] : [named];
  });
  const far = keepsHere(command) ? /^(system|kernel|root)$/ : /^(outside|home|system|kernel|root)$/;
  return files.some(
    (file) => file !== "-" && far.test(areaOf(resolvePath(file, command.cwd), scene.settings.workspace)),
  );
}

const packs = (command: Command): boolean =>
  (command.input?.from ?? []).some(
    (item) =>
      (/^(docker|podman|git|kubectl)$/.test(item.name) && / (save|export|bundle|archive|cp) /.test(item.line)) ||
      /^(tar|zip|gzip|cpio|pg_dump|mysqldump|pg_dumpall|mongodump|7z|find|bzip2|xz)$/.test(item.name),
  );

/** A file that is sent was packed by the same text, from a home or the system. */
function sendsPacked(command: Command, scene: Scene): boolean {
  if (keepsHere(command)) return false;
  const sent = new Set(
    command.args
      .map(({ text }) => resolvePath(text.replace(/^([\w[\]]+=)?@/, ""), command.cwd))
      .filter((path) => path !== "/"),
  );
  return scene.commands.some(
    (item) =>
      /^(g?tar|bsdtar|zip|7z|cpio)$/.test(item.name) &&
      item.args.some(({ text }) => sent.has(resolvePath(text, item.cwd))) &&
      item.args.some(({ text }) =>
        /^(root|home|system)$/.test(areaOf(resolvePath(text, item.cwd), scene.settings.workspace)),
      ),
  );
}

const whole = (command: Command, scene: Scene): boolean =>
  command.args
    .slice(0, -1)
    .some(
      (word, index) =>
        !/^-/.test(word.text) &&
        !/^-[iF]$/.test(command.args[index - 1]?.text ?? "") &&
        (/^(root|home|system|kernel)$/.test(areaOf(resolvePath(word.text, command.cwd), scene.settings.workspace)) ||
          /^~\/\.[a-z]/.test(resolvePath(word.text, command.cwd))),
    );

export const network: readonly Rule[] = [
  {
    rule: "network.shell",
    on: /^(nc|ncat|netcat|nc\.\w+)$/,
    args: / (-[a-z]*[ec](\/\S*)?|--exec|--sh-exec|--lua-exec)[= ]/,
    decision: "deny",
    reason: "would hand a shell to another machine",
  },
  {
    rule: "network.shell",
    on: /^socat$/,
    args: /(exec|system|shell|pty)[:,]/i,
    decision: "deny",
    reason: "would hand a shell to another machine",
  },
  {
    rule: "network.shell-pipe",
    on: /^(nc|ncat|netcat|telnet|openssl|socat)$/,
    when: (c, s) =>
      (!/ -z/.test(c.line) && s.commands.some((item) => /^(mkfifo|mknod)$/.test(item.name))) ||
      (c.input?.from ?? []).some((item) => /^(sh|bash|zsh|dash|ksh)$/.test(item.name)),
    decision: "deny",
    reason: "would hand a shell to another machine",
  },
  {
    rule: "network.shell-out",
    on: /^(sh|bash|zsh|dash|ksh)$/,
    when: (c) => (c.input?.from ?? []).some((item) => /^(nc|ncat|netcat|telnet|socat|openssl)$/.test(item.name)),
    decision: "deny",
    reason: "would let another machine give commands",
  },
  {
    rule: "network.listen",
    on: /^(nc|ncat|netcat)$/,
    args: / (-\w*l\w*|--listen) /,
    when: (c) => c.writes.length > 0 || c.input !== undefined || c.background || shellish.test(c.line),
    decision: "ask",
    reason: "would open a door for others",
  },
  {
    rule: "network.send",
    on: /^(nc|ncat|netcat|telnet|socat)$/,
    when: (c) =>
      (c.input !== undefined || c.inner.length > 0) &&
      !keepsHere(c) &&
      !/ -\w*z/.test(c.line) &&
      !(c.input?.from ?? []).every((item) => /^(echo|printf|yes|)$/.test(item.name)),
    decision: "ask",
    reason: "would send data to another machine",
  },
  {
    rule: "network.upload",
    on: /^(curl|wget|http|xh|https)$/,
    when: uploads,
    decision: "ask",
    reason: "would send a file from outside of the workspace to another machine",
  },
  {
    rule: "network.upload-found",
    on: /^(curl|wget|scp|nc|ncat|ftp|http|rclone|sftp)$/,
    when: (c) =>
      !keepsHere(c) &&
      /(@|-T|--upload-file|--post-file|--data\S*|-F|-d)\S*\s?\S*\uFFFC/.test(c.line) &&
      (c.within?.includes("find") === true || c.through.includes("xargs") || c.looped),
    decision: "ask",
    reason: "would send whatever a search finds to another machine",
  },
  {
    rule: "network.upload-packed",
    on: /^(curl|wget|nc|ncat|netcat|socat|telnet|http|ftp|openssl)$/,
    when: (c) => packs(c) && !keepsHere(c),
    decision: "ask",
    reason: "would send packed files to another machine",
  },
  {
    rule: "network.upload-whole",
    on: /^(scp|rsync|sftp|rclone|s3cmd|gsutil|aws)$/,
    args: /(\S+@?\S*:|s3:|gs:| s3 )/,
    when: whole,
    decision: "ask",
    reason: "would copy a whole home or parts of the system to another machine",
  },
  {
    rule: "network.copied-data",
    on: /^(psql|mysql|mariadb|mongorestore|mongosh?|redis-cli|pg_restore|influx|clickhouse-client)$/,
    args: / (-h ?|--host[= ]|--uri[= ]|-H ?|\w+:\/\/)(?!(localhost|127(\.\d+){3})([:/ ]|$)|\/)\S+/,
    when: (c) => (c.input?.from ?? []).some((item) => /dump|^redis-cli$/.test(item.name)),
    decision: "ask",
    reason: "would copy a database to another machine",
  },
  {
    rule: "network.piped-whole",
    on: /^ssh$/,
    when: (c, s) =>
      !keepsHere(c) &&
      (c.input?.from ?? []).some(
        (item) =>
          /^(tar|zip|cpio|cat|find|dd|gzip)$/.test(item.name) &&
          whole({ ...item, args: [...item.args, ...item.args.slice(-1)] }, s),
      ),
    decision: "ask",
    reason: "would copy a home's settings or parts of the system to another machine",
  },
  {
    rule: "network.packed",
    on: /^(scp|rsync|sftp|curl|wget|nc|ncat|netcat|ftp|lftp|rclone|s3cmd|gsutil|aws|http|croc|mail|mutt)$/,
    when: sendsPacked,
    decision: "ask",
    reason: "would send to another machine what it packed outside of the workspace",
  },
  {
    rule: "network.unpacked-there",
    on: /^(g?tar|bsdtar|zip|cpio)$/,
    when: (c) =>
      c.remote &&
      /^ -?\w*c/.test(c.line) &&
      (/^\/(etc|root)(\/|$)/.test(c.cwd) || / (\/|\/etc|\/root|\/home|~)\/? /.test(c.line)),
    decision: "ask",
    reason: "would fetch another machine's settings or homes whole",
  },
  {
    rule: "network.attack",
    on: /^(curl|wget|http|nc|python[\d.]*|nmap)$/,
    args: /\(\)[\s\u00A0]*\{[\s\u00A0]*:?;?[\s\u00A0]*\}/,
    decision: "ask",
    reason: "would have another machine run what stands in a header",
  },
  {
    rule: "network.attack",
    on: /^ssh$/,
    when: (c, s) => c.looped && /@?(\d+\.){3}/.test(c.line) && s.commands.some(({ name }) => name === "seq"),
    decision: "ask",
    reason: "would try one machine after another",
  },
  {
    rule: "network.key-sent",
    on: /^(curl|wget|http|xh|https|nc|ncat)$/,
    when: (c) =>
      !keepsHere(c) &&
      c.args.some(
        ({ text }, index) =>
          /(gh[pousr]_|github_pat_|sk-|xox[abp]-|AKIA|AIza|glpat-|npm_)[\w-]{16,}/.test(text) &&
          !/^(-H|--header|-u|--user|-A|--oauth2-bearer)$/.test(c.args[index - 1]?.text ?? "") &&
          !/^(--header|Authorization:|-H)/i.test(text),
      ),
    decision: "ask",
    reason: "would send a key to another machine",
  },
  {
    rule: "network.whois",
    on: /^whois$/,
    args: / (-p|--port)[ =]?\d/,
    decision: "ask",
    reason: "would talk to a port of its own under a harmless name",
  },
  {
    rule: "network.stranger",
    on: /^(ssh|scp|rsync|sftp|nc|ncat|rclone|ftp|lftp|curl|wget|socat)$/,
    when: (c, s) =>
      meetsStranger(c) &&
      (packs(c) ||
        (/^(scp|rsync|sftp)$/.test(c.name) &&
          c.args.some(
            (word, index) =>
              index < c.args.length - 1 &&
              !/^-|:/.test(word.text) &&
              c.args[index - 1]?.text !== "-i" &&
              /^(outside|all)$/.test(areaOf(resolvePath(word.text, c.cwd), s.settings.workspace)),
          ))),
    decision: "ask",
    reason: "would send data to a machine that has only a number",
  },
  {
    rule: "network.bucket",
    on: /^(rclone|gsutil|s3cmd|aws|azcopy|b2|mc|s5cmd|gcloud|az|ipfs|dropbox\S*|gdrive|mega-put|megaput|onedrive)$/,
    args: / (copy|cp|sync|mv|move|put|upload|upload-file|add|copyto|mirror|upload-batch|rsync) /,
    when: (c, s) =>
      !/ --dry-?run /.test(c.line) &&
      c.args.some(
        (word, index) =>
          (index < c.args.length - 1 || /^(ipfs|az|b2|gdrive)$/.test(c.name)) &&
          /^[~/]/.test(word.text) &&
          !/^--?(profile|region|config|exclude\S*|include\S*|filter\S*|key\S*|cred\S*)$/.test(
            c.args[index - 1]?.text ?? "",
          ) &&
          /^(outside|home|system|root|kernel)$/.test(areaOf(resolvePath(word.text, c.cwd), s.settings.workspace)),
      ),
    decision: "ask",
    reason: "would send files from outside of the workspace to another machine",
  },
  {
    rule: "network.backup",
    on: /^(restic|borg|duplicity|kopia|rdiff-backup|duplicacy|tarsnap|bupstash|unison)$/,
    args: /(sftp:|ssh:\/\/|s3:|b2:|rest:http|rclone:|\S+@\S+:|\w+::?\/\/)/,
    when: (c, s) =>
      c.args.some((word) => /^(root|home|system)$/.test(areaOf(resolvePath(word.text, c.cwd), s.settings.workspace))),
    decision: "ask",
    reason: "would copy a whole home or parts of the system to another machine",
  },
  {
    rule: "network.exfil-host",
    on: /^(curl|wget|nc|scp|rsync|http|ftp|ssh|git|telnet)$/,
    args: /(transfer\.sh|file\.io|0x0\.st|ix\.io|termbin|pastebin|paste\.|webhook\.site|requestbin|pipedream|burpcollaborator|oast(ify)?\.|interact\.sh|ngrok|\.onion|bashupload|anonfiles|gofile|temp\.sh|catbox)/i,
    when: (c) =>
      / -\w*[TFd]|--(data|form|upload|post|json)|@/.test(c.line) ||
      c.input !== undefined ||
      c.inner.length > 0 ||
      /onion/i.test(c.line),
    decision: "ask",
    reason: "would send data to a place where anything is dropped",
  },
  {
    rule: "network.mail",
    on: /^(mail|mailx|mutt|sendmail|swaks|msmtp|s-nail)$/,
    when: (c) =>
      / -(a|A) |--attach/.test(c.line) ||
      (c.input !== undefined &&
        // A notice whose words are all known tells nothing.
        !(!c.input.text.includes(hole) && c.input.from.every((item) => /^(echo|printf)$/.test(item.name)))),
    decision: "ask",
    reason: "would mail data away",
  },
  {
    rule: "network.send-file",
    on: /^(croc|wormhole|ffsend|transfer|pastebinit|termbin|tftp|magic-wormhole|gist|dcc|onionshare|ftp|lftp|ncftpput|smbclient)$/,
    args: / (send|put|-c|-e|[^-\s]\S*) /,
    decision: "ask",
    reason: "would send files to another machine",
  },
  {
    rule: "network.tunnel",
    on: /^(ssh|autossh)$/,
    args: / -\w*(R|D|w)\w* ?\S*/,
    // A way for this machine's own programs alone.
    when: (c) => / -\w*[Rw]/.test(c.line) || !/ -\w*D ?((localhost|127\.0\.0\.1):)?\d+ /.test(c.line),
    decision: "ask",
    reason: "would open a way through this machine for others",
  },
  {
    rule: "network.tunnel",
    on: /^(ngrok|cloudflared|localtunnel|lt|bore|frpc|chisel|inlets|sshuttle|iodine|dnscat2?|ptunnel|tor|gost|rathole|serveo|zrok)$/,
    when: (c) => !looksOnly(c) && c.line !== " version ",
    decision: "ask",
    reason: "would open a way into this machine from outside",
  },
  {
    rule: "network.key",
    on: /^ssh$/,
    args: /StrictHostKeyChecking=no.*UserKnownHostsFile=\/dev\/null.*@?(\d+\.){3}|PermitLocalCommand|ForwardAgent=yes/,
    decision: "ask",
    reason: "would log in without knowing to whom",
  },
  {
    rule: "network.keys-copied",
    on: /^ssh-copy-id$/,
    decision: "ask",
    reason: "would give this machine's key access elsewhere",
  },
  {
    rule: "network.attack",
    on: /^(nmap|masscan|zmap|hydra|medusa|ncrack|patator|crackmapexec|netexec|sqlmap|nikto|gobuster|ffuf|wfuzz|dirb|wpscan|hping3?|slowloris(\.py)?|ab|wrk2?|siege|goldeneye|t50|loic|thc-ssl-dos|arp-scan|aircrack-ng|airmon-ng|aireplay-ng|reaver|wifite|macchanger|yersinia|dnsenum|dnsrecon|fierce|theharvester|recon-ng|searchsploit|evil-winrm|impacket-\w+|psexec(\.py)?|secretsdump(\.py)?|enum4linux|smbmap|rpcclient|onesixtyone|mdk[34]|bully)$/i,
    when: (c) => !keepsHere(c) && !looksOnly(c) && c.line !== " -h ",
    decision: "ask",
    reason: "would probe or attack other machines",
  },
  {
    rule: "network.flood",
    on: /^(ping6?|curl|wget|nc|ab)$/,
    args: / -\w*f\w* /,
    when: (c) => /^ping/.test(c.name) || (c.looped && c.background),
    decision: "ask",
    reason: "would flood another machine",
  },
  {
    rule: "network.cut",
    on: /^tc$/,
    args: /^ (qdisc|filter|class|chain) (add|change|replace|del|delete) /,
    decision: "ask",
    reason: "would change what passes through the network card",
  },
  {
    rule: "network.cut",
    on: /^(ifconfig|ip|nmcli|route|ifdown|rfkill|networksetup|wpa_cli|iwconfig|brctl|ovs-vsctl|netplan|resolvectl|tc|arp|ethtool)$/,
    args: / (down|del|delete|flush|off|-set\w+|block|disconnect|apply|netem|add default|del-br|delbr|blackhole|-d|-s|dns \S+ \S+|dns-override|ipv4\.dns|replace default.*) /,
    decision: "ask",
    reason: "would take the machine off the network",
  },
  { rule: "network.cut", on: /^(ifdown)$/, decision: "ask", reason: "would take the machine off the network" },
  {
    rule: "network.flush",
    on: /^(iptables|ip6tables|nft|ebtables|iptables-restore|ipset|pfctl|firewall-cmd|ufw|ufw-init|firewalld|arptables|iptables-legacy|iptables-nft)$/,
    when: (c) => !looksOnly(c),
    decision: "deny",
    reason: "would open or change the firewall",
  },
  {
    rule: "network.proxy",
    on: /^(networksetup|gsettings|git|npm|pip3?)$/,
    args: /(setwebproxy|org\.gnome\.system\.proxy|(http|https|core)\.(proxy|sslVerify) (false|http)|strict-ssl false|http\.sslVerify=false)/,
    decision: "ask",
    reason: "would route or unlock what goes over the network",
  },
  {
    rule: "network.served",
    on: /^(python[\d.]*|php|ruby|busybox|npx|http-server|serve|twistd)$/,
    when: (c, s) =>
      /(http\.server|SimpleHTTPServer|-S |httpd)/.test(c.line) &&
      (/^(root|home|system)$/.test(areaOf(c.cwd, s.settings.workspace)) ||
        / (-d|--directory|-t) (\/|~|\/home\S*|\/etc\S*) /.test(c.line)),
    decision: "deny",
    reason: "would show the whole machine to everyone",
  },
];
