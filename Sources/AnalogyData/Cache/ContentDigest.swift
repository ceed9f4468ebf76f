import Foundation

/// The SHA-256 of some content, so that equal content is recognised wherever it lies.
public struct ContentDigest: Hashable, Codable, Sendable {
  /// 64 hexadecimal digits.
  public let hex: String

  /// Of texts, each with its length in front, so that no two lists of texts give the same bytes.
  public init(of texts: [String]) {
    var digest = GrowingDigest()
    for text in texts { digest.add(text) }
    self = digest.digest()
  }

  /// Of bytes.
  public init(of bytes: some ContiguousBytes) {
    var hash = SHA256()
    bytes.withUnsafeBytes { hash.update($0) }
    self.init(hash)
  }

  /// Of a file's bytes, read piece by piece.
  /// - Throws: `AnalogySetError.notEncodable` for a file that can't be read.
  public init(ofFile url: URL) throws {
    let path = url.path(percentEncoded: false)
    guard let file = try? FileHandle(forReadingFrom: url) else {
      throw AnalogySetError.notEncodable(item: path, reason: "it can't be opened.")
    }
    defer { try? file.close() }
    var hash = SHA256()
    do {
      while let piece = try file.read(upToCount: 1 << 22), !piece.isEmpty { piece.withUnsafeBytes { hash.update($0) } }
    } catch {
      throw AnalogySetError.notEncodable(item: path, reason: "it can't be read to its end.")
    }
    self.init(hash)
  }

  fileprivate init(_ hash: SHA256) {
    hex = hash.digest().map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }
}

/// The digest of texts that needn't be in memory all at once.
struct GrowingDigest {
  private var hash = SHA256()

  mutating func add(_ text: String) {
    withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { hash.update($0) }
    Array(text.utf8).withUnsafeBytes { hash.update($0) }
  }

  /// As `ContentDigest(of:)` of all texts so far.
  func digest() -> ContentDigest { ContentDigest(hash) }
}
