// What reaches out of the workspace, whatever the program is: the families know programs, these know effects. They ask where
// a careful owner would, and stay silent on what is done all day.
import { keepsHere } from "../hosts.ts";
import { looksOnly } from "../looking.ts";
import { areaOf, resolvePath } from "../places.ts";
import type { Command, Rule, Scene } from "../verdict.ts";
import { written } from "./writing.ts";

/** Programs that read, or of which the families say what they do to files. */
const unknown =
  /^(?!(?:ls|cat|zcat|bzcat|xzcat|head|tail|less|more|[efz]?grep|rg|ag|find|fd|stat|file|du|df|wc|cd|pushd|mktemp|test|\[|\[\[|diff|cmp|tree|realpath|readlink|basename|dirname|source|\.|echo|printf|export|declare|local|ssh|sshfs|scp|rsync|git|gh|docker|docker-compose|podman|tar|zip|unzip|gzip|gunzip|xz|split|cpio|jq|yq|xmllint|[gm]?awk|g?sed|sort|uniq|cut|(md5|sha\d+|b2)sum|mkdir|touch|cp|mv|ln|rm|chmod|chown|setfacl|getfacl|python[\d.]*|node|deno|bun|bash|sh|zsh|curl|wget|aria2c|yt-dlp|restic|borg|borgmatic|rclone|kopia|psql|sqlite3|mysql|pg_\w+|mysqldump|mongodump|kubectl|helm|aws|gcloud|az|gsutil|pvesh|bat|vim?|nano|code|which|tee|dd|env|sudo|ffmpeg|ffprobe|mediainfo|convert|magick|identify|nl|xargs|ncdu|mount|lsblk|systemctl|journalctl|nginx|caddy|make|cmake|ninja|configure|config|autogen\.sh|npm|pnpm|yarn|cargo|go|dotnet|mvn|gradlew?|bazel|meson|ansible\S*|terraform|gpg|openssl|ssh-\w+|smartctl|btrfs|zfs|crontab|logger|screen|tmux|rename|fusermount3?|php|occ|ruby|perl|java|samtools|pandoc|pdf\w+|exiv2|sox|ionice|nice|time|timeout|watch|stow|trash\S*|alembic|rails|flask|jupyter\S*|tesseract|tail|iconv|od|xxd|hexdump|strings|nm|ldd|objdump|readelf|getent|namei|pwdx|lsof|fuser|inotifywait|entr|seq|bc|expr|tr|rev|column|paste|comm|join|fold|fmt|xdg-open|open|man|install|pushd|popd|dirs|set|cmd|\d.*|)$)[^/:]+$/;

const far = (path: string, command: Command, { settings }: Scene): boolean =>
  /^(outside|system|home|root)$/.test(areaOf(resolvePath(path, command.cwd), settings.workspace));

/** Where programs are put or found, which is no file of anybody's. */
const placed =
  /^-{0,2}[\w-]*(prefix|path|dir|root|home|include|lib|cache|config|rcfile|sdk|toolchain|socket|sock|url|api|route|D\w+)=/i;

function handlesFar(command: Command, scene: Scene): boolean {
  const { args, remote } = command;
  if (remote) return false;
  return args.some(
    ({ text }) =>
      /^(--?[\w-]+=)?(~\/|\/)[^/][^\s^#|(){}$]*$/.test(text) &&
      !placed.test(text) &&
      far(text.replace(/^--?[\w-]+=/, ""), command, scene),
  );
}

/** What an administrator does all day, or what the families judge. */
const usual =
  /^(apt|apt-get|aptitude|dpkg|dnf|yum|zypper|pacman|apk|snap|flatpak|systemctl|service|journalctl|loginctl|lsof|ss|netstat|tail|head|less|more|cat|ls|dmesg|ufw|iptables|nft|docker|docker-compose|podman|chown|chmod|certbot|smartctl|hdparm|zpool|zfs|btrfs|mdadm|lvs|vgs|pvs|nginx|apachectl|a2en\w+|fdisk|parted|mkdir|touch|tee|cp|mv|rm|ln|install|du|df|find|grep|rg|tcpdump|npm|pip\d?|gem|make|ninja|cmake|vim?|nano|wg|wg-quick|ip|blkid|lsblk|lshw|lspci|lsusb|dmidecode|exportfs|showmount|test|stat|nmap|iotop|htop|top|ldconfig|usermod|useradd|update-ca-certificates|update-alternatives|reboot|shutdown|poweroff|mount|umount|crontab|fail2ban-client|tailscale|sed|awk|tar|rsync|sysctl|modprobe|lsmod|sensors|nvme|ethtool|timedatectl|hostnamectl|localectl|gpg|gpasswd|add-apt-repository|apt-key|curl|wget|true|id|whoami|ps|kill|pkill|killall|php|occ|psql|pg_\w+|createdb|createuser|mysql|mariadb|redis-cli|caddy|k3s|kubectl|microk8s|swapon|swapoff|nsenter|unshare|bash|sh|su|env|-u|powertop|dphys-swapfile|raspi-config|rpi-update|rpi-eeprom-update|vcgencmd|i2cdetect|setcap|getcap|auditctl|ausearch|aa-status|lynis|rkhunter|restic|borg|borgmatic|)$/;

const meetsNumber =
  /:\/\/(?!(10|127|192\.168|172\.(1[6-9]|2\d|3[01]))\.)\d+\.\d+\.\d+\.\d+|http:\/\/(?!localhost|127\.|10\.|192\.168\.|[\w-]+[:/])/;

const inPlace = /^(tee|g?sed|truncate|ed|ex|sponge|dd)$/;

const isBeside = (path: string, workspace: string): boolean =>
  path.slice(0, path.lastIndexOf("/")) === workspace.slice(0, workspace.lastIndexOf("/"));

export const reaching: readonly Rule[] = [
  {
    rule: "reach.administrator",
    when: (c) => c.through.includes("sudo") && !c.path.includes("/") && !usual.test(c.name) && !looksOnly(c),
    decision: "ask",
    reason: "would act as the machine's administrator",
  },
  {
    rule: "reach.money",
    on: /^(curl|wget|https?|xh)$/,
    args: /(api|secure|pay|www)[\w-]*\.(stripe|paypal|adyen|braintree\w*|squareup|coinbase|binance|kraken|wise|revolut|gocardless|mollie|plaid|bitpay|paddle)\.com\/(?!v\d+\/(balance|events|prices|products) )/,
    when: (c) => / (-d|--data\S*|-X ?(POST|PUT|DELETE|PATCH)|--json|-F|POST)[ =]| -d\S/.test(c.line),
    decision: "ask",
    reason: "would move money",
  },
  {
    rule: "reach.written",
    when: (c, s) =>
      !c.remote &&
      (inPlace.test(c.name) ? written(c) : c.writes.map(({ path }) => path)).some(
        (path) =>
          areaOf(path, s.settings.workspace) === "outside" &&
          // Beside the workspace people put what they pack of it.
          !isBeside(path, s.settings.workspace) &&
          !/^~\/\.(cache|local\/(share|state)|npm|ssh\/known_hosts)(\/|$)|^\/[^~].*\/(logs?|tmp|cache)\//.test(path),
      ),
    decision: "ask",
    reason: "would write outside of the workspace",
  },
  {
    rule: "reach.file",
    on: unknown,
    when: handlesFar,
    decision: "ask",
    reason: "is no usual program, and would work on files outside of the workspace",
  },
  {
    rule: "reach.deletes",
    args: / --(\w+-)*(delete|purge|wipe|erase|destroy|remove|nuke|drop|overwrite|terminate)(-\w+)*(=\S*)? /,
    when: (c) =>
      !c.name.endsWith(":") &&
      !/^(docker|docker-compose|git|gh|glab|npm|pip[\d.]*|[ef]?grep|rg|sort|tar|rsync|cabal|echo|printf|crontab|curl|apt\S*|find|sed|jq|make|meson|cmake|just|task|node|python[\d.]*)$/.test(
        c.name,
      ) &&
      !/ (--dry-run|-n|--help) /.test(c.line),
    decision: "ask",
    reason: "would delete or write over, as its option says",
  },
  {
    rule: "reach.elsewhere",
    on: /^(rm|mv|dd|truncate|tee|sed|uci|nvram|fw_setenv|kill|pkill|killall|chmod|chown|iptables|nft|crontab|shred)$/,
    when: (c) => {
      const isMade = c.args.some(({ text }) => /^\/(tmp|var\/(tmp|cache))\/|\/(releases|cache|tmp|logs?)\//.test(text));
      return (
        c.remote &&
        !isMade &&
        !looksOnly(c) &&
        (c.name !== "sed" || / -\w*i/.test(c.line)) &&
        (c.name !== "tee" || !/ \/dev\//.test(c.line))
      );
    },
    decision: "ask",
    reason: "would change another machine, or what is in a container",
  },
  {
    rule: "reach.fetched",
    on: /^(make|configure|autogen\.sh|bootstrap|npm|pnpm|yarn|pip[\d.]*|cargo|python[\d.]*|node|ruby|perl|bash|sh|source|\.|setup\S*|install\S*|run\S*)$/,
    when: (_, s) =>
      s.commands.some(
        (item) =>
          (item.name === "git" &&
            / clone .*(https?:\/\/|git@|ssh:\/\/|git:\/\/)(?!([\w.-]+@)?(www\.)?(github|gitlab|bitbucket|codeberg|gitea|salsa|gitee|git\.sr|sourceware|savannah|\S+\.(googlesource|kernel|gnu|freedesktop|apache|savannah))\.)/.test(
              item.line,
            ) &&
            !keepsHere(item)) ||
          (/^(wget|curl)$/.test(item.name) && meetsNumber.test(item.line) && !keepsHere(item)),
      ),
    decision: "ask",
    reason: "would run what it fetched from a place that nobody knows",
  },
];
