/** Where a node's key pairs live: IndexedDB in a browser (as CryptoKeys, non-extractable), a file on a station. */
export type KeyName = 'signing' | 'box' | 'root' | 'next-signing' | 'next-box'

export interface Vault {
  load(name: KeyName): Promise<CryptoKeyPair | undefined>
  /** Keeps `pair` unless the name is taken already; answers what is kept, so that two first starts agree. */
  keep(name: KeyName, pair: CryptoKeyPair): Promise<CryptoKeyPair>
  forget(name: KeyName): Promise<void>
}

export type OpenVault = () => Promise<Vault>
