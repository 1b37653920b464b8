export interface RedisNode {
  readonly host: string
  readonly port: number
}

/** The Redis that replicas share. */
export interface RedisSettings {
  /** `single`: one node. `cluster`: some of its nodes, which know the others. `sentinel`: those that know the master. */
  readonly kind: 'single' | 'cluster' | 'sentinel'
  /** Never empty. */
  readonly nodes: readonly RedisNode[]
  /** What sentinels call the master. */
  readonly service: string | undefined
  readonly sentinelPassword: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: number
  /** Absent: no TLS. */
  readonly tls: { readonly verify: boolean; readonly checkHostname: boolean } | undefined
  /** What every key begins with. */
  readonly namespace: string
  /** Milliseconds a command may take that somebody waits for. */
  readonly timeoutMs: number
}
