// Which calls of a dangerous program only look. What is exempt is the whole line: a word that looks harmless may stand as a
// name or a value in a call that is not.
import type { Command } from "./verdict.ts";

/** One of `own` at least; besides those any word that is no option. For programs whose actions are all options. */
const only = (own: string): RegExp => new RegExp(`^(?=.* (?:${own}) )(?: (?:${own}|[^-\\s]\\S*))+ $`);
/** One of `own` at least; besides those only `also`. */
const closed = (own: string, also: string): RegExp => new RegExp(`^(?=.* (?:${own}) )(?: (?:${own}|${also}))+ $`);
/** A first word; behind it no option. */
const verb = (words: string): RegExp => new RegExp(`^ (?:${words})(?: [^-\\s]\\S*)* $`);

const tables = only("-[LSnvxtw46C]+|--list(-rules)?|--numeric|--verbose|--line-numbers|--table|--wait|--check");
const ext = /^ -n .*$/;

const looks: Readonly<Record<string, RegExp>> = {
  parted: closed(
    "print|-[ml]+|--list|--machine",
    "-s|--script|/dev/\\S+|\\S+\\.img|\\d+|all|free|devices|unit|[kKMGT]?i?B|s|%|compact",
  ),
  fdisk: only("-[lx]+|--list|--list-details|-o|-u\\S*|-b"),
  sfdisk: only("-[lJdVFn]+|--list|--dump|--json|--verify|--list-free|--no-act|--show-\\S+|-o"),
  sgdisk: only("-[pvOLFEDfiP]+|-i=?\\d+|--print|--verify|--info=\\d+|--list-types|--pretend"),
  gdisk: only("-l"),
  partprobe: only("-[sd]+|--summary|--dry-run"),
  kpartx: only("-l"),
  partx: only("-[so]+|--show"),
  growpart: only("-N|--dry-run"),
  diskutil: /^ (list|info|activity|listFilesystems|apfs list\w*|cs list) /,
  format: / (-l|--list|--check|check|list|--dry-run|-n|show|info|status|print) /,
  zpool: /^ (status|list|iostat|history|get|events|scrub|wait|version)( [^-\s]\S*| -[a-zA-Z]+)* $/,
  zfs: /^ (list|get|diff|holds|userspace|snapshot|version)( [^-\s]\S*| -[a-zA-Z]+)* $/,
  btrfs:
    /^ ((filesystem|fi) (show|df|usage|du)|(subvolume|su) (list|show|snapshot|get-default)|scrub (start|status)|device (stats|usage)|balance status|qgroup show)( [^-\s]\S*| -[a-rt-yA-Y]+)* $/,
  mdadm: only("-D|-E|-Q|-Ds|-Es|--detail|--examine|--query|--scan|--brief|-s"),
  cryptsetup: verb("status|luksDump|isLuks|luksUUID|benchmark"),
  nvme: /^ (list|list-subsys|smart-log|id-ctrl|id-ns|error-log|fw-log)( [^-\s]\S*| -[vHo]| -o json)* $/,
  dmsetup: verb("ls|info|status|deps|version"),
  losetup: only("-[alJnf]+|--list|--all|--find"),
  efibootmgr: /^( -v)? $/,
  tune2fs: only("-l"),
  xfs_repair: only("-n"),
  fwupdmgr: verb("get-\\S+"),
  mke2fs: ext,
  "mkfs.ext2": ext,
  "mkfs.ext3": ext,
  "mkfs.ext4": ext,
  wipefs: /^(?!.* (-\w*[aot]\w*|--all|--offset\S*|--types\S*|--force) )|^(?=.* (-\w*n\w*|--no-act) )/,
  hdparm: only("-[IiCgHtTvq]+|--Istdout"),
  badblocks: /^(?!.* -\w*[wn]\w* )/,
  sdparm: only("-[ilae]+|--inquiry|--all|--enumerate"),
  e2fsck: only("-[nTVfvC]+|-t"),
  fsck: only("-[nNTVfvC]+|-t"),
  bootctl: verb("status|list|is-installed"),
  passwd: /^ (-S|--status|-Sa|-S -a|-a -S)( [^-\s]\S*)? $/,
  chage: /^ (-l|--list) \S+ $/,
  htpasswd: /^ -\w*n\w* /,
  dscl: /^ \S+ -?(list|read|search|ls|cat) /,
  visudo: /^ (-c|--check|-cf) /,
  faillock: /^( --user \S+)? $/,
  // Options behind the module's name are the module's own.
  modprobe: /^( -\S+)* (-n|--dry-run|--show\S*|-D|-c|--showconfig) /,
  kmod: verb("list|static-nodes"),
  bpftool: /^( -[jp])*( \w+ (list|show|tree|probe))( \S+)* $/,
  dkms: verb("status"),
  bpftrace: /^ -l( \S+)? $/,
  auditctl: /^ -[ls] $/,
  csrutil: verb("status"),
  spctl: /^ --status $/,
  getsebool: /./,
  mokutil: /^ --(list-\S+|sb-state) $/,
  nvram: /^ -?x?p $/,
  semodule: /^ (-l|--list\S*) /,
  semanage: /^ \w+ (-l|--list) $/,
  "update-crypto-policies": /^ --(show|check|is-applied) $/,
  ufw: verb("status|version|show|app (list|info)"),
  crontab: /^( -u \S+)? -l( -u \S+)? $/,
  at: /^ (-[lV]|-l -q \w|-c)( \d+)* $/,
  shutdown: /^ (-c( [^-\s]\S*)*|--show) $/,
  iptables: tables,
  ip6tables: tables,
  "iptables-legacy": tables,
  "iptables-nft": tables,
  arptables: tables,
  ebtables: tables,
  "iptables-restore": / (-t|--test) /,
  nft: /^( -[acjnsy]+)* (list|monitor|describe)( [^-;\s][^;\s]*)* $/,
  ipset: verb("list|-L|save|test|version"),
  pfctl: /^ -s ?\w+ $/,
  "firewall-cmd": /^( --(state|list-\S+|get-\S+|info-\S+|query-\S+|zone=\S+|permanent))+ $/,
  pg_ctl: /^(?=.* (status|start|reload|restart) )(?!.* (stop|kill|promote|initdb|init|unregister) )/,
  pg_ctlcluster: /^( --\S+)* \S+ \S+ (status|start|reload|restart) /,
  mysqladmin:
    /^(?=.* (ping|status|version|extended-status|processlist|variables) )(?!.* (create|drop|shutdown|kill|password|flush-\S+|reload|refresh|old-password|stop-\S+|start-\S+) )/,
  pass: /^( (ls|list|version))? $/,
  gopass: /^( (ls|list|version))? $/,
  security: /^ list-keychains $/,
  // The machines of one's own house.
  nmap: /^( -(s[nPLVT]|F|Pn|v|T[1-4]|p ?[\d,-]+|-top-ports \d+|-open))* (((10|192\.168|127)(\.\d+){2,3}|172\.(1[6-9]|2\d|3[01])(\.\d+){2})(\/\d+|-\d+)?|localhost|[a-z][\w-]*(\.local)?) $/,
  chsh: /^ (-l|--list-shells) $/,
  mongod: /^(?!.* (--repair|--shutdown|--noauth|--config|-f) )/,
  influxd: verb("version"),
};

/** The first fit counts: `mkfs.ext4`, then what stands before the point. */
export function looksOnly({ name, line }: Command): boolean {
  if (/^ (--help|--version|-V) $/.test(line)) return true;
  const known = [name, name.replace(/\..*$/, "")].find((item) => Object.hasOwn(looks, item));
  return known !== undefined && looks[known]?.test(line) === true;
}
