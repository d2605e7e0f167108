// Data in databases: dropped, emptied, or changed without a condition.

import { looksOnly } from "../looking.ts";
import type { Command, Rule } from "../verdict.ts";

const clients =
  /^(psql|nc|ncat|mysql|mariadb|sqlite3|sqlcmd|bcp|mongo|mongos|mongosh|redis-cli|valkey-cli|keydb-cli|cockroach|clickhouse(-client)?|duckdb|cqlsh|influx|neo4j|cypher-shell|sqlplus|isql|db2|usql|pgcli|mycli|litecli|wp|rails|php|python[\d.]*|node|artisan|prisma|bq|snowsql|impala-shell|hive|beeline|osql|tsql|turso|wrangler|supabase|nodetool|echo:|mysqlsh|dbeaver|trino|presto|athena)$/;

const drop =
  /\.(delete|destroy)_all\b|\.all\(\)\.delete\(\)|\.query\.delete\(\)|(::|->)truncate\(|->delete\(\)|\bdrop_table\(|adminCommand\(\s*\{\s*["']?(shutdown|drop|repl)|\b(update|insert\s+into|delete\s+from)\s+(mysql\.|pg_(?!temp)|sys\.|sqlite_master)|writable_schema|\.restore\s|Schema::drop|\.(updateMany|update)\(\s*\{\s*\}\s*,|\.destroy\(\{\s*(where:\s*\{\s*\}|truncate)|drop_all\(|shutdownServer\(|\.drop\(\)|\.remove\(\s*\{?\s*\}?\s*\)|\b(drop\s+(table|database|schema|index|view|user|role|keyspace|collection|measurement|owned|extension|function|sequence|type)|truncate\s+(table\s+)?\w|dropDatabase|deleteMany\(\s*(\{\s*\})?\s*\)|flushall|flushdb|config\s+set\s+(dir|dbfilename|requirepass|rename)|shutdown\s*(nosave|abort|immediate|;|$)|script\s+flush|debug\s+(segfault|sleep)|slaveof|replicaof|alter\s+(user|role|database|system)|create\s+user|create\s+role|grant\s+all|grant\s+\w+\s+on|revoke\s|xp_cmdshell|into\s+(out|dump)file|load_file\(|lo_export|pg_read_file|to\s+program|from\s+program|pg_terminate_backend|kill\s+\d+|detach\s+delete|purge\s+binary|reset\s+master|drop_caches|alter\s+table\s+\w+\s+drop|set\s+password|db\.\w+\.renameCollection)/i;

/** `delete from x` and `update x set ..` that touch every row. */
function isUnbounded(text: string): boolean {
  return text
    .split(";")
    .some(
      (statement) =>
        /\b(delete\s+from|update\s+\S+\s+set)\b/i.test(statement) &&
        (!/\bwhere\b/i.test(statement) || /\bwhere\s+(1\s*=\s*1|true|1)\b/i.test(statement)),
    );
}

function statementsOf(command: Command): string {
  const words = command.args.map((word) => word.text).join(" ");
  // What is only looked for is no statement.
  return `${words}\n${command.input?.text ?? ""}`.replace(/\b(not\s+)?i?like\s+'[^';]*'/gi, "like ''");
}

export const databases: readonly Rule[] = [
  {
    rule: "data.dropped",
    on: clients,
    when: (c) => drop.test(statementsOf(c)),
    decision: "deny",
    reason: "would drop data, or take over the server that holds it",
  },
  {
    rule: "data.emptied",
    on: clients,
    when: (c) => isUnbounded(statementsOf(c)),
    decision: "ask",
    reason: "would change or delete every row",
  },
  {
    rule: "data.keys",
    on: /^(redis|valkey|keydb)-cli$/,
    args: / (del|unlink|(--)?eval) /i,
    when: (c) => c.through.includes("xargs") || / (--)?eval /i.test(c.line),
    decision: "ask",
    reason: "would delete keys in bulk",
  },
  {
    rule: "data.database",
    on: /^(dropdb|dropuser|createuser|pg_dropcluster|pg_resetwal|pg_ctl|mysqladmin|mongod|pg_ctlcluster|initdb|pg_rewind|mysql_secure_installation|mysql_upgrade|influxd|rethinkdb)$/,
    when: (c) => !looksOnly(c),
    decision: "ask",
    reason: "would remove databases or their users, or stop their server",
  },
  {
    rule: "data.restored",
    on: /^(pg_restore|mongorestore|redis-cli|mysqlimport|influx|wp|pg_basebackup)$/,
    args: /(--clean| -c |--drop|--pipe|--force|--delete|db (reset|drop|clean)|--replace)/,
    // There it is the cluster.
    when: (c) => c.name !== "redis-cli" || /--pipe|--force/.test(c.line),
    decision: "ask",
    reason: "would replace what a database holds",
  },
  {
    rule: "data.reset",
    args: / (db:(drop(:\w+)*|reset|purge|schema:load|wipe|rollback.*--all|truncate_all|migrate:(reset|fresh|rollback .*--all.*))|migrate:(fresh|reset|refresh|rollback .*--all.*)|db:wipe|migrate reset|\S*migrate:undo:all|migrate \S+ zero|db push .*--(force-reset|accept-data-loss)|flush --no-?input|flush|reset_db|sqlflush|drop_all|schema:drop|doctrine:(database:drop|schema:drop)|drop-database|database:drop|downgrade base|db reset|repo\.drop|ecto\.(drop|reset)|Ecto\.drop|flyway clean|dropAll) /,
    on: /^(rails|rake|php|artisan|prisma|python[\d.]*|django-admin|manage\.py|symfony|console|knex|sequelize|typeorm|supabase|flask|alembic|mix|npm|yarn|pnpm|liquibase|flyway|wp|bin|drush|sequelize-cli|drizzle-kit|medusa|strapi)$/,
    decision: "ask",
    reason: "would drop a database and make it anew",
  },
  {
    rule: "data.flyway",
    on: /^(flyway|liquibase)$/,
    args: / (clean|drop-all|dropAll) /,
    decision: "ask",
    reason: "would drop a database",
  },
  {
    rule: "data.files",
    on: /^(rm|mv|truncate|shred|dd)$/,
    args: /(\/var\/lib\/(mysql|postgresql|mongodb|redis|docker|elasticsearch|etcd)|\.(db|sqlite3?|mdb|rdb|ibd)[ *]|dump\.rdb)/,
    when: (c) => c.name !== "mv" && !/(^|[/_ .-])(test|tmp|dev|cache)s?([/_ .-]|$)/.test(c.line),
    decision: "ask",
    reason: "would delete the files of a database",
  },
];
