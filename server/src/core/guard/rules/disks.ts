// Disks, volumes and file systems, below the level of files.

import { looksOnly } from "../looking.ts";
import type { Command, Rule } from "../verdict.ts";

const reason = "would change a disk below its files; what is on it may be lost";
const acts = (command: Command): boolean => !looksOnly(command);

export const disks: readonly Rule[] = [
  {
    rule: "disk.format",
    on: /^(mkfs(\..+)?|mke2fs|mkswap|mkdosfs|newfs\w*|mkntfs|mkexfatfs)$/,
    when: acts,
    decision: "deny",
    reason: "would format a disk",
  },
  {
    rule: "disk.table",
    on: /^(fdisk|sfdisk|cfdisk|gdisk|sgdisk|parted|partprobe|kpartx|partx|growpart|diskutil|format)$/,
    when: acts,
    decision: "deny",
    reason,
  },
  {
    rule: "disk.wipe",
    on: /^(wipefs|blkdiscard|hdparm|sg_(format|sanitize|unmap|write\w*)|badblocks|scrub|nwipe|dban|sdparm)$/,
    when: acts,
    decision: "deny",
    reason,
  },
  {
    rule: "disk.volume",
    on: /^(lvremove|vgremove|pvremove|lvreduce|vgreduce|dmsetup|mdadm|cryptsetup|zpool|zfs|btrfs|nvme|tune2fs|debugfs|resize2fs|xfs_admin|xfs_repair|e2image|losetup|flashrom|fwupdmgr|efibootmgr|flash_erase|nandwrite|mtd_debug|lvchange|integritysetup|veritysetup|ubiformat)$/,
    args: /(remove|delete|destroy|format|zero|--stop|luks(Format|Erase|KillSlot|RemoveKey|AddKey)|erase|wipe|rollback|labelclear|-w|--fail|--create|reencrypt|sanitize|-O |subvolume d|-B|-y|--update| -C | -f|install|^ \/dev|^ )/,
    when: acts,
    decision: "deny",
    reason,
  },
  {
    rule: "disk.image",
    on: /^(tmutil|hdiutil|asr|csrutil|spctl|bless)$/,
    args: / (delete\w*|disable\w*|detach .*-force|restore|erase\S*|--master-disable|--global-disable) /,
    decision: "ask",
    reason: "would remove backups or protection",
  },
  {
    rule: "disk.swap",
    on: /^(swapoff|swapon)$/,
    args: / (-a|--all|\/)/,
    decision: "ask",
    reason: "would take away the machine's swap space",
  },
  {
    rule: "disk.copy",
    on: /^(dd|dcfldd|ddrescue|pv)$/,
    args: / (of=)?\/dev\/(?!null|zero|u?random|stdout|stderr|shm|fd|tty )/,
    decision: "deny",
    reason: "would write over a device",
  },
  {
    // Whatever the program is: below the files of a disk there is nothing to be written unasked.
    rule: "disk.named",
    when: (c) =>
      c.line.includes("/dev/") &&
      / (\w+=|--?[\w-]+=)?\/dev\/(sd[a-z]|nvme\d|mmcblk\d|[vh]d[a-z]|xvd|r?disk\d|mapper\/|md\d|dm-)\w* /.test(
        c.line,
      ) &&
      !/:$|^(lsblk|blkid|smartctl|df|file|ls|stat|udevadm|findmnt|iostat|lsof|echo|printf|test|\[|\[\[|grep|udisksctl|e2label|dumpe2fs|swapon|readlink|lvs|pvs|nvme|docker|podman|for|git|ssh|)$/.test(
        c.name,
      ) &&
      acts(c),
    decision: "ask",
    reason,
  },
  {
    rule: "disk.check",
    on: /^(fsck(\..+)?|e2fsck|grub-install|grub2-install|update-grub|grub-mkconfig|dracut|mkinitcpio|update-initramfs|bootctl)$/,
    when: acts,
    decision: "ask",
    reason: "would change how the machine starts, or a file system in use",
  },
  {
    rule: "disk.stopped",
    on: /^(fsfreeze|xfs_freeze|blockdev|eject|udisksctl|sg_start|nbd-client|iscsiadm|multipath|dmraid)$/,
    args: / (-f|--freeze|--setro|--setrw|--flushbufs|power-off|unmount|--stop|-d|-F|-u|--logout|delete|-rE) /,
    decision: "ask",
    reason: "would take a disk away from what uses it",
  },
  {
    rule: "disk.mount",
    on: /^(mount|umount|fusermount|mount\.\w+|pivot_root|switch_root|quotaoff|quotacheck)$/,
    args: / [^-\s]| -a/,
    // Of those a user takes down what he put there himself.
    when: (c) => c.name !== "fusermount" || !/ -\w*u/.test(c.line),
    decision: "ask",
    reason: "would change what is mounted",
  },
];
