internal import ConfigModel
internal import LinuxProcesses
internal import NIOSSL

extension TLSConfiguration {
    /// What holds for every connection: TLS 1.2 or later, and the system's roots,
    /// `/etc/ssl/certs/ca-certificates.crt` first. The client reads them when it connects.
    static func makeKnellConfiguration() -> TLSConfiguration {
        var configuration = makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        return configuration
    }
}

extension TLSSettings {
    /// The most that is read of a file with certificates or a key.
    private static let fileLimit = 1 << 20

    /// What NIOSSL needs to know. Reads the files, so it blocks.
    ///
    /// - Throws: ``PreparationFault`` that names the key and the file.
    func clientConfiguration() throws(PreparationFault) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeKnellConfiguration()
        if let caFile {
            configuration.trustRoots = .certificates(try Self.certificates(in: caFile, key: "tls.caFile"))
        }
        if let certificateFile {
            let chain = try Self.certificates(in: certificateFile, key: "tls.certificateFile")
            configuration.certificateChain = chain.map { .certificate($0) }
        }
        if let keyFile {
            let bytes = try Self.contents(of: keyFile, key: "tls.keyFile")
            guard let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
                throw PreparationFault(
                    reason: "tls.keyFile: \(keyFile) holds no private key in PEM form without a passphrase",
                    isTransient: false)
            }
            configuration.privateKey = .privateKey(key)
        }
        if insecureSkipVerify { configuration.certificateVerification = .none }
        return configuration
    }

    private static func certificates(in path: String, key: String) throws(PreparationFault) -> [NIOSSLCertificate] {
        let bytes = try contents(of: path, key: key)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw PreparationFault(reason: "\(key): \(path) holds no certificate in PEM form", isTransient: false)
        }
        return certificates
    }

    private static func contents(of path: String, key: String) throws(PreparationFault) -> [UInt8] {
        do throws(SystemCallError) {
            return try readSmallFile(path, limit: fileLimit)
        } catch {
            throw PreparationFault(reason: "\(key): \(error)", isTransient: false)
        }
    }
}
