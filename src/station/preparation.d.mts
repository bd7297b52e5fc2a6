export const root: string
export const sourceHash: () => string
export const writeBuildStamp: (hash: string) => void
export const dropBuildStamp: () => void
export const giveUp: (sentence: string) => never
export const ensureDependencies: () => void
export const ensureBuild: () => void
