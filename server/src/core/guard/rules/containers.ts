// Containers that are no wall, and the service that makes them.
import type { Rule } from "../verdict.ts";

const engine = /^(docker|podman|nerdctl|docker-compose|ctr|buildah|finch)$/;
const everything =
  /( (system|volume|image|container|builder|network) prune .*(-\w*a\w*|--all|--volumes)| (system|volume) prune | system reset | compose .*down .*(-v|--volumes|--rmi)| (-f \S+ )?down .*(-v|--volumes|--rmi)| volume rm )/;

export const containers: readonly Rule[] = [
  {
    rule: "container.privileged",
    on: engine,
    args: / (--privileged|--privileged=true|--cap-add[ =]\S*(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|DAC|SYS_RAWIO)|--pid[ =]host|--ipc[ =]host|--uts[ =]host|--userns[ =]host|--security-opt[ =]\S*(unconfined|disable)|--device[ =]\/dev\/(sd|nvme|mem|kmem|vd|xvd)\S*|--cgroupns[ =]host) ?/i,
    decision: "deny",
    reason: "would start a container that is no wall",
  },
  {
    rule: "container.privileged",
    on: engine,
    args: /^(?=.* --cap-add[ =]\S*NET_ADMIN)(?=.* --net(work)?[ =]host)/i,
    decision: "deny",
    reason: "would start a container that rules the machine's network",
  },
  {
    rule: "container.host",
    on: engine,
    args: / (-v ?|--volume[ =]|--mount[ =]\S*(src|source)=)(\/|\/etc\S*|\/root\S*|\/proc\S*|\/sys\S*|\/boot\S*|\/dev\S*|\/var|\/usr\S*|~\/?|\/home\/?|~\/\.(ssh|aws|gnupg)\S*|\/var\/run|\/run|\/var\/lib\/docker\S*)([:,]|$|\/:)/,
    decision: "deny",
    reason: "would give a container the machine's own files",
  },
  {
    rule: "container.socket",
    args: /(docker|containerd|podman|crio)\.sock/,
    on: /^(docker|podman|curl|nc|socat|chmod|chown|nerdctl|ctr|python[\d.]*|ln)$/,
    decision: "deny",
    reason: "would give away the service that rules all containers, and with it the machine",
  },
  {
    rule: "container.remote",
    on: engine,
    args: / (-H|--host)[ =]tcp:/,
    decision: "ask",
    reason: "would command another machine's containers",
  },
  {
    rule: "container.pruned",
    on: engine,
    args: everything,
    decision: "ask",
    reason: "would delete containers' data or images in bulk",
  },
  {
    rule: "container.removed",
    on: engine,
    args: / (rm|rmi|stop|kill|container rm|image rm|volume rm|network rm) /,
    when: (c) =>
      c.inner.some((item) => engine.test(item.name) && !/filter|-f |name/.test(item.line)) ||
      (c.through.includes("xargs") &&
        (c.input?.from ?? []).some((item) => engine.test(item.name) && !/filter/.test(item.line))),
    decision: "ask",
    reason: "would remove every container, image or volume",
  },
  {
    rule: "container.killed",
    on: engine,
    args: /^ (compose (-\S+ (\S+ )?)*|container )?kill [^-\s]/,
    when: (c) => !/ (-s|--signal)[ =]?(SIG)?(HUP|USR1|USR2|WINCH|1|10|12) /.test(c.line),
    decision: "ask",
    reason: "would end a container at once, with whatever it has not written yet",
  },
  {
    rule: "container.swarm",
    on: engine,
    args: / (swarm leave .*(-f|--force)|stack rm|service rm|node rm|secret rm|context rm|plugin (disable|rm)|swarm init) /,
    decision: "ask",
    reason: "would take down what runs in a cluster",
  },
  {
    rule: "container.exec-root",
    on: /^(docker|podman|lxc|incus)$/,
    args: / ((config set \S+|launch .*|init .*|profile set .*) ?(-c )?security\.privileged|config device add \S+ \S+ disk source=\/ ?)/,
    decision: "deny",
    reason: "would start a container that is no wall",
  },
  {
    rule: "container.machine",
    on: /^(multipass|vagrant|virsh|minikube|kind|k3d|lxc|incus|docker-machine|colima|limactl|ctr|crictl|machinectl|VBoxManage|qm|pct|xl)$/,
    args: / (destroy|delete|purge|undefine|rmp?|rmi|remove|unregistervm|terminate|factory-reset) /,
    when: (c) =>
      /(--all|-\w*f|--purge|--force|undefine|factory-reset|-y|purge|--delete)/.test(c.line) ||
      /^(ctr|crictl|machinectl|VBoxManage|qm|pct|xl)$/.test(c.name),
    decision: "ask",
    reason: "would destroy virtual machines",
  },
];
