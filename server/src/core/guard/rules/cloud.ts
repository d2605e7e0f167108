// What lives elsewhere and is gone at a word: clusters, buckets, machines, names, access.
import { keepsHere } from "../hosts.ts";
import { looksOnly } from "../looking.ts";
import type { Rule } from "../verdict.ts";

const reason = "would destroy or open up what runs in the cloud";

export const cloud: readonly Rule[] = [
  {
    rule: "cloud.terraform",
    on: /^(terraform|tofu|terragrunt|pulumi|cdk|cdktf|sst|serverless|sls|copilot|ansible-playbook)$/,
    args: / (destroy|apply|import|apply .*-(auto-approve|destroy)|run-all (destroy|apply)|state rm|force-unlock|workspace delete|taint|remove|stack rm|app delete|-auto-approve|--yes|--force) ?/,
    when: (c) =>
      !(/ apply (-\S+ )*[^-\s=][^\s=]* $/.test(c.line) && !/ -(auto-approve|destroy) /.test(c.line)) &&
      (!/^(cdk|sst|serverless|sls)$/.test(c.name) || / (destroy|remove) /.test(c.line)),
    decision: "ask",
    reason,
  },
  {
    // Most command lines of services name what they do: noun and verb, or verb and noun.
    rule: "cloud.verb",
    on: /^(?!(?:echo|printf|grep|e?grep|rg|sed|awk|git|gh|glab|kubectl|oc|docker|podman|npm|yarn|pnpm|bun|jj|make|just|task|curl|http|man|rm|cat|jq|yq|test|psql|mysql|cargo|go|python\d?|node|helm|ip|nmcli|virsh|minikube|kind|k3d|multipass|lxc|brew|defaults|rails|rake|code|tmux|screen|export|declare|set|read|cut|tr|find|fd|history|apt-mark|bundle|conda|pyenv|rbenv|cd|mkdir|touch|ls|for|case|exec|xargs|sudo|env|run|pytest|jest|vitest)$)[a-z][\w-]*$/,
    args: /^ (?:-\S+ |[\w:.@/-]+ ){0,5}?(?:\w+[-:])?(delete|destroy|purge|nuke|terminate|drop|obliterate|decommission|wipe|erase|factory-reset|unpublish|deprovision|assassinate|removenode|deleteall|deletefile|expunge|implode|unsubscribe|deregister|revoke|clear_\w+|(?:remove|detach|disable)-\w[\w-]*)(-\w+)* /,
    decision: "ask",
    reason: "would delete something that a service keeps",
  },
  {
    // A program that says by its name what it does.
    rule: "cloud.verb",
    when: (c) =>
      /^(ldap|s3|gs|es|db|vm|zone)(delete|destroy|purge|erase|wipe|modify|modrdn)$|^[a-z][\w.]*[-_](delete|destroy|wipe|purge|nuke|erase|uninstall)([-_.]|$)|^(delete|destroy|wipe|purge|nuke|erase)[-_]\w/.test(
        c.name,
      ) &&
      !c.path.includes("/") &&
      (c.args.length > 0 || c.name.includes("uninstall")) &&
      !looksOnly(c),
    decision: "ask",
    reason: "would delete something, as its name says",
  },
  {
    rule: "cloud.fleet",
    on: /^(ansible|salt|pssh|parallel-ssh|pdsh|clush|knife|puppet|mco)$/,
    args: / (-m ?|--module-name[= ])(reboot|user|file|shell .*(rm|shutdown)|mount|parted|filesystem|lvol)| (state=absent|system\.(reboot|shutdown|halt)|cmd\.run .*(rm|shutdown|reboot)|node delete|delete)/,
    decision: "ask",
    reason: "would change many machines at once",
  },
  {
    rule: "cloud.kubernetes",
    on: /^(kubectl|oc|k|k3s)$/,
    args: / (delete|drain|cordon|taint|replace .*--force|scale .*--replicas[= ]0|patch .*finalizers.*|adm drain) /,
    when: (c) => !/ --dry-run\S* /.test(c.line),
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.kubernetes-power",
    on: /^(kubectl|oc)$/,
    args: / (create (cluster)?rolebinding .*(cluster-admin|=admin|=edit)|run .*(--privileged|hostPID|hostNetwork)|debug node\S*|proxy .*--address|config (unset|delete-\S+)) ?/,
    decision: "ask",
    reason: "would give away the rule over a cluster",
  },
  {
    rule: "cloud.kubernetes-power",
    on: /^(kubectl|oc|k3s|docker|podman|nomad|docker-compose)$/,
    args: / (apply|create|replace|play|kube|run|up|-f) /,
    when: (c) =>
      /privileged: true|host(PID|Network|IPC): true|hostPath:\s*\{?\s*path: ['"]?\/(['"]|\s|$|etc|root|var\/run)|cluster-admin|docker\.sock|- ['"]?\/:\//.test(
        c.input?.text ?? "",
      ),
    decision: "ask",
    reason: "would start a container that is no wall, or give away the rule over a cluster",
  },
  {
    rule: "cloud.kubernetes-power",
    on: /^(kubectl|oc)$/,
    args: /( (edit|patch|replace|apply) (cluster)?role\S*| edit (nodes?|ns|namespaces?|secrets?|sa|pv|crd|psp|\S*webhook\S*)[ /]| enforce=privileged|\/enforce=privileged| auth reconcile | certificate approve | create (sa|serviceaccount) \S+ -n kube-system| adm policy add-\S+| set (serviceaccount|subject) )/,
    decision: "ask",
    reason: "would give away the rule over a cluster",
  },
  {
    rule: "cloud.kubernetes-power",
    on: /^(kubectl|oc|k3s|nomad|helm)$/,
    args: / ((apply|create|replace) (.* )?(-f ?|--filename[= ])|(install|upgrade) \S+ )https?:\/\/(?!(raw\.githubusercontent\.com|github\.com|\S+\.(k8s\.io|io|dev)|charts?\.\S+|localhost)[:/])/,
    decision: "ask",
    reason: "would run what a stranger describes in a cluster",
  },
  {
    rule: "cloud.helm",
    on: /^(helm|helmfile|argocd|flux)$/,
    args: / (uninstall|delete|del|destroy|rollback|app delete|suspend) /,
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.etcd",
    on: /^(etcdctl|kubeadm|consul|vault|nomad|velero)$/,
    args: / (del|reset|destroy|delete|snapshot restore|kv delete|member remove|operator (seal|raft remove|rekey)|lease revoke|secrets disable|auth disable|job stop|leave|backup delete|token revoke|policy delete) ?/,
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.aws",
    on: /^aws$/,
    args: / (s3 (rb|rm .*--recursive|sync .*--delete)|s3api (delete-\S+|put-bucket-(policy|acl)\S*|put-public-access\S*)|\S+ (?:\w+-)*(delete|terminate|destroy|deregister|purge|revoke|disable|remove|stop|detach|release|schedule-key-deletion|reboot|cancel|modify-(?:image|instance|db-instance|snapshot)\S*|update-login-profile|put-(?:role|group|key|registry|repository)-policy|add-user-to-group|create-grant|leave-organization|restore-object|run-instances (?=.*--count[ =][1-9]\d)|update-\S+ (?=.*--(?:desired-(?:capacity|count)|max-size|max-capacity)[ =]0 )|send-command|close-account|change-resource-record-sets|put-user-policy|attach-\S+-policy|create-access-key|create-login-profile|update-assume-role-policy|authorize-security-group-ingress|add-permission|create-user|put-user-policy|upload-\S*-certificate|reset)\S*)( |$)/,
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.aws",
    on: /^aws$/,
    args: / s3 .*--sse-c/,
    decision: "ask",
    reason: "would lock up what is stored with a key of its own",
  },
  {
    rule: "cloud.gcloud",
    on: /^(gcloud|gsutil|bq|firebase)$/,
    args: / (delete|rb|rm -[rmaf]+|rm .*\*\*|-m rm|destroy|reset|stop|remove-\S+|add-iam-policy-binding|set-iam-policy|iam ch|rsync .*-d|disable|undelete|projects:delete|firestore:delete|rm .*-r|hosting:disable|keys create|firewall-rules create .*(all|0\.0\.0\.0)) ?/,
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.azure",
    on: /^(az|doctl|linode-cli|hcloud|oci|ibmcloud|scw|vultr-cli|exo|aliyun|civo|eksctl|kops|gh|heroku|fly|flyctl|vercel|netlify|wrangler|railway|supabase|render|ng|ovh|cf|openstack|govc|glab|neonctl|pscale|turso|amplify|eb|kustomize|sentry-cli)$/,
    args: / (delete|destroy|terminate|purge|deallocate|remove|rm|delete-\S+|\S+:(destroy|reset|delete|rm|remove)|repo (delete|archive)|secret (delete|set)|apps? destroy|projects? (delete|rm)|database delete|pg:reset|db reset|undeploy|ps:scale .*=0|release delete|run delete|ssh-key (add|delete)|gpg-key (add|delete)|repo (rename|transfer)|workflow disable|pr merge .*--admin|run cancel|auth logout|delete-cluster|role assignment create|:destroy|terminate-all|unset|detach|env rm|(config|env|releases|secrets):(unset|rollback|remove)|scale count [= ]?0|scale --count[= ]0|create-for-rbac|down|[\w:.-]+-(delete|destroy|remove|purge|terminate)) ?/,
    when: (c) =>
      !/^(gh|glab)$/.test(c.name) ||
      / (repo (delete|archive|edit .*--visibility)|secret |release delete|ssh-key (add|delete)|gpg-key (add|delete)|repo (rename|transfer)|auth logout|workflow disable|pr merge .*--admin|run cancel|api .*(-X|--method)[ =]?DELETE)/.test(
        c.line,
      ),
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.gh-api",
    on: /^(gh|glab|curl|http|xh)$/,
    args: / (-X|--method|--request)[ =]?DELETE .*(api\.|repos\/|\/v\d|cloud|prod|:9200|:2375)| -XDELETE .*(api\.|:9200|prod|\/_all)| DELETE .*(repos|orgs)\/| repo edit .*--visibility[ =]public/,
    when: (c) => !(keepsHere(c) && /:(3|5|8)\d{3}/.test(c.line)),
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.index",
    on: /^(curl|http|xh|https|wget)$/,
    args: / (-X|--request|--method)[ =]?DELETE | -XDELETE | --method=DELETE |^ (-\S+ )*DELETE /i,
    when: (c) => !keepsHere(c),
    decision: "ask",
    reason: "would delete something that a service keeps",
  },
  {
    rule: "cloud.index",
    on: /^(curl|http|xh|https|wget)$/,
    args: /^(?=.*( -X ?(POST|PUT|DELETE)| --request| -d| --data| --post|^ (POST|PUT|DELETE)| -XPOST)).*\/\S*(do_?delete|destroy|uninstall|delete_?all|shutdown|reboot|poweroff|power_off|halt|factory_?reset|hard_?reset|stop_all|wipe|terminate|flushall|drop_all|delete_all|purge|services\/homeassistant\/stop|seal|step-down)\b|DELETE.*:(2379|2380|8500|4646|8200|15672|5984|8086|6333|7474|8983|8001|8123|8428|9090|3100|7700|8108|6334)\b|:(2379|2380|8500|4646|8200|15672|5984|8086|6333|7474|8983|8001|8123|8428|9090|3100|7700|8108|6334)\/.*DELETE/i,
    decision: "ask",
    reason: "would delete data in a service, or stop it",
  },
  {
    rule: "cloud.index",
    on: /^(curl|http|xh)$/,
    args: /DELETE.*:9200|:9200.*DELETE|_delete_by_query|_cluster\/settings.*-d|\/_(users|config|security|close|restore)\b.*-d|\/_shutdown|2375\/containers/,
    decision: "ask",
    reason: "would delete data in a search engine or service",
  },
  {
    rule: "cloud.objects",
    on: /^(s3cmd|mc|rclone|b2|s5cmd|azcopy|mcli|swift)$/,
    args: / (del|rb|rm|remove|purge|delete|rmdirs|cleanup|delete-bucket|sync) /,
    when: (c) => !/ sync /.test(c.line) || /--delete/.test(c.line),
    decision: "ask",
    reason,
  },
  {
    rule: "cloud.queues",
    on: /^(kafka-topics(\.sh)?|kafka-\S+|rabbitmqctl|rabbitmqadmin|celery|nats|pulsar-admin)$/,
    args: /( --delete| --remove |purge_queue|delete_\S+|clear_\S+|reset|force_reset|stop_app|purge|delete | rm |stream rm|delete-records)/,
    decision: "ask",
    reason: "would delete messages that wait",
  },
];
