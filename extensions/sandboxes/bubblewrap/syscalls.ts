// Numbers of the system calls that the filter speaks of (linux/asm/unistd.h), and how a processor is named in a filter.

export interface Architecture {
  /** AUDIT_ARCH_* of linux/audit.h. */
  readonly audit: number;
  /** Numbers from here on are another way to call the same kernel (x32), which the filter does not let through. */
  readonly numbersEnd?: number;
  /** Those that are refused whatever they are asked. */
  readonly refused: readonly number[];
  readonly clone: number;
  readonly clone3: number;
  readonly unshare: number;
  readonly sockets: readonly number[];
  readonly ioctl: number;
  readonly personality: number;
  /** io_uring: its work is done past any filter. */
  readonly rings: readonly number[];
}

const rings = [425, 426, 427];
/** open_tree to fspick, mount_setattr, open_tree_attr, quotactl_fd, pidfd_getfd, process_madvise: the same everywhere. */
const newer = [428, 429, 430, 431, 432, 433, 442, 467, 443, 438, 440];

/** By Node's name of the processor. */
export const architectures: Readonly<Record<string, Architecture>> = {
  x64: {
    audit: 0xc000003e,
    numbersEnd: 0x40000000,
    refused: [
      ...newer,
      ...[101, 310, 311, 312], // ptrace, process_vm_readv, process_vm_writev, kcmp
      ...[165, 166, 155, 161, 308], // mount, umount2, pivot_root, chroot, setns
      ...[250, 248, 249], // keyctl, add_key, request_key
      ...[321, 298, 323, 300], // bpf, perf_event_open, userfaultfd, fanotify_init
      ...[246, 320, 175, 313, 176, 174, 177, 178], // kexec and modules of the kernel
      ...[303, 304], // name_to_handle_at, open_by_handle_at
      ...[167, 168, 169, 163, 179, 103, 153], // swapon, swapoff, reboot, acct, quotactl, syslog, vhangup
      ...[164, 227, 305, 159], // settimeofday, clock_settime, clock_adjtime, adjtimex
      ...[172, 173, 154], // iopl, ioperm, modify_ldt
      ...[170, 171, 212, 180, 134, 156], // sethostname, setdomainname, lookup_dcookie, nfsservctl, uselib, _sysctl
    ],
    ...{ clone: 56, clone3: 435, unshare: 272, sockets: [41, 53], ioctl: 16, personality: 135, rings },
  },
  arm64: {
    audit: 0xc00000b7,
    refused: [
      ...newer,
      ...[117, 270, 271, 272], // ptrace, process_vm_readv, process_vm_writev, kcmp
      ...[40, 39, 41, 51, 268], // mount, umount2, pivot_root, chroot, setns
      ...[219, 217, 218], // keyctl, add_key, request_key
      ...[280, 241, 282, 262], // bpf, perf_event_open, userfaultfd, fanotify_init
      ...[104, 294, 105, 273, 106], // kexec and modules of the kernel
      ...[264, 265], // name_to_handle_at, open_by_handle_at
      ...[224, 225, 142, 89, 60, 116, 58], // swapon, swapoff, reboot, acct, quotactl, syslog, vhangup
      ...[170, 112, 266, 171], // settimeofday, clock_settime, clock_adjtime, adjtimex
      ...[161, 162, 18, 42], // sethostname, setdomainname, lookup_dcookie, nfsservctl
    ],
    ...{ clone: 220, clone3: 435, unshare: 97, sockets: [198, 199], ioctl: 29, personality: 92, rings },
  },
};
