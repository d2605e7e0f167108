// The way to an EgressDoor inside a sandbox that has no network: a program there listens on the door's port and hands
// every connection on to its socket. It listens before the command starts, and ends with the sandbox's processes.
import type { EgressDoor } from "../ports/egress.ts";

/** Programs that can do it, in the order of preference: those that listen before they start the command come first. */
export const forwarders = ["perl", "python3", "socat"] as const;
export type Forwarder = (typeof forwarders)[number];

/** What to put before a command's own words. `program` is the forwarder's path inside. */
export function forwardThrough(forwarder: Forwarder, program: string, door: EgressDoor): readonly string[] {
  const place = [String(door.port), door.socket];
  if (forwarder === "perl") return [program, "-e", perl, ...place];
  if (forwarder === "python3") return [program, "-IS", "-c", python, ...place];
  return ["/bin/sh", "-c", socat, "sh", program, ...place];
}

/**
 * Its parent becomes the command; the child in between ends at once, so that the command has no child it never made.
 * The names of numbers stand in modules that take four times as long to load as perl itself, before every command. These
 * are Linux's on x86-64 and arm64: AF_UNIX 1, AF_INET 2, SOCK_STREAM 1, F_SETFL 4, O_NONBLOCK 2048, EINTR 4, EAGAIN 11.
 */
const perl = String.raw`
my ($port, $path) = splice @ARGV, 0, 2;
my ($door, $u);
socket($door, 2, 1, 0) && bind($door, pack 'S n C4 x8', 2, $port, 127, 0, 0, 1) && listen($door, 128)
  or die "bwrap: no way out: $!\n";
if (my $between = fork) { waitpid $between, 0; exec { $ARGV[0] } @ARGV; exit 127 }
fork and exit 0;
setpgrp 0, 0; $SIG{PIPE} = 'IGNORE';
open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null';
my (%at, %to, %out, %over, %shut);
for (;;) {
  my ($r, $w) = ('', '');
  vec($r, fileno $door, 1) = 1;
  for my $f (keys %at) {
    vec($r, $f, 1) = 1 if !$over{$f} && length $out{$to{$f}} < 262144;
    vec($w, $f, 1) = 1 if length $out{$f};
  }
  select($r, $w, undef, undef) > 0 or next;
  for my $f (keys %at) {
    my ($near, $p) = ($at{$f}, $to{$f});
    next unless $near;
    if (vec($r, $f, 1)) {
      my $n = sysread $near, $out{$p}, 65536, length $out{$p};
      $over{$f} = 1 if defined $n ? !$n : $! != 11 && $! != 4;
    }
    if (vec($w, $f, 1)) {
      my $n = syswrite $near, $out{$f};
      if (defined $n) { substr($out{$f}, 0, $n) = '' }
      elsif ($! != 11 && $! != 4) { $out{$f} = ''; $over{$f} = $over{$p} = 1 }
    }
  }
  for my $f (keys %at) {
    next unless $at{$f};
    my $p = $to{$f};
    if ($over{$p} && !$shut{$f} && !length $out{$f}) { shutdown $at{$f}, 1; $shut{$f} = 1 }
    next unless $shut{$f} && $shut{$p};
    close $at{$_} for $f, $p;
    delete @$_{$f, $p} for \%at, \%to, \%out, \%over, \%shut;
  }
  next unless vec($r, fileno $door, 1) && accept(my $c, $door);
  undef $u;
  socket($u, 1, 1, 0) && connect($u, pack 'S Z*', 1, $path) or next;
  fcntl $_, 4, 2048 for $c, $u;
  my ($f, $p) = (fileno $c, fileno $u);
  @at{$f, $p} = ($c, $u); $u = undef; @to{$f, $p} = ($p, $f); @out{$f, $p} = ('', '');
}
`;

const python = `
import os, socket, sys, threading
port, path, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
door = socket.socket()
door.bind(("127.0.0.1", port))
door.listen(128)
between = os.fork()
if between:
    os.waitpid(between, 0)
    os.execvp(command[0], command)
if os.fork():
    os._exit(0)
os.setpgid(0, 0)
null = os.open("/dev/null", os.O_RDWR)
for handle in (0, 1, 2):
    os.dup2(null, handle)
def hand(a, b):
    try:
        while True:
            part = a.recv(65536)
            if not part:
                break
            b.sendall(part)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (a, b):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
def serve(near):
    far = socket.socket(socket.AF_UNIX)
    with near, far:
        try:
            far.connect(path)
        except OSError:
            return
        back = threading.Thread(target=hand, args=(far, near))
        back.start()
        hand(near, far)
        back.join()
while True:
    near, _ = door.accept()
    threading.Thread(target=serve, args=(near,), daemon=True).start()
`;

const socat = `
"$1" "TCP4-LISTEN:$2,bind=127.0.0.1,fork" "UNIX-CONNECT:$3" </dev/null >/dev/null 2>&1 &
until "$1" -u OPEN:/dev/null "TCP4:127.0.0.1:$2" 2>/dev/null; do :; done
shift 3; exec "$@"`;
