/** A CommonJS package as `import()` gives it: a bundler may leave its names in `default` only. */
type Imported<Module> = Module & { readonly default?: Module }

/** The names a lazily loaded package exports, whether it was bundled or not. */
export function namedExports<Module extends object>(imported: Module, name: keyof Module): Module {
  const { default: inner } = imported as Imported<Module>
  return name in imported || inner === undefined ? imported : inner
}
