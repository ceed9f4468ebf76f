import Crypto
import Foundation

/// The SHA-256 of some content, so that equal content is recognised wherever it lies.
public struct ContentDigest: Hashable, Codable, Sendable {
  /// 64 hexadecimal digits.
  public let hex: String

  /// Of bytes, such as `Data`.
  public init(of bytes: some ContiguousBytes) { self = bytes.withUnsafeBytes { Self(SHA256.hash(data: $0)) } }

  /// Of texts, each with its length in front, so that no two lists of texts give the same bytes.
  public init(of texts: [String]) {
    var digest = GrowingDigest()
    for text in texts { digest.add(text) }
    self = digest.digest()
  }

  /// Of a file's bytes, read piece by piece: the digits that `sha256sum` gives.
  /// - Throws: `CheckpointError` for a path without a regular file that can be read.
  public init(ofFile url: URL) throws {
    let file = try RegularFile(url)
    var hash = SHA256()
    try file.forEachPiece { hash.update(bufferPointer: $0) }
    self.init(hash.finalize())
  }

  /// Of a file of weights: of the whole file if it is no larger than `largest`, else of its fingerprint, so that it needn't be read.
  /// - Throws: `CheckpointError`.
  public init(ofWeights url: URL, readingWholeUpTo largest: Int = 64 << 20) throws {
    guard try RegularFile(url).count > largest else {
      self = try Self(ofFile: url)
      return
    }
    let weights = try WeightsFingerprint(url)
    self.init(of: ["\(weights.size)", weights.header.hex, weights.stretches.hex])
  }

  fileprivate init(_ digest: SHA256.Digest) {
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// The digest of texts that needn't be in memory all at once.
public struct GrowingDigest {
  private var hash = SHA256()

  public init() {}

  public mutating func add(_ text: String) {
    withUnsafeBytes(of: UInt64(text.utf8.count).littleEndian) { hash.update(bufferPointer: $0) }
    hash.update(data: Data(text.utf8))
  }

  /// As `ContentDigest(of:)` of all texts so far.
  public func digest() -> ContentDigest { ContentDigest(hash.finalize()) }
}

/// What tells a file of weights from others without reading all of it.
public struct WeightsFingerprint: Hashable, Codable, Sendable {
  /// Bytes of the file.
  public let size: Int
  /// Of the header: the digits of `sha256sum` of the first 8 + n bytes, n being what the first 8 say (little-endian).
  public let header: ContentDigest
  /// Of each tensor's first, middle and last kilobyte, where other weights of the same shapes, such as those of a model trained on,
  /// differ in some tensor at least. A few changed numbers elsewhere aren't noticed: that needs `ContentDigest(ofFile:)`.
  public let stretches: ContentDigest

  static let stretch = 1024

  /// Reads a safetensors file's header and three stretches of each tensor.
  /// - Throws: `CheckpointError`.
  public init(_ url: URL) throws { try self.init(SafetensorsFile(url)) }

  /// The same of a file that is open already, with the same errors.
  public init(_ file: SafetensorsFile) throws {
    (size, header) = (file.byteCount, file.headerDigest)
    file.expectReading(inOrder: false)
    defer { file.expectReading(inOrder: true) }
    var hash = SHA256()
    for name in file.names {
      try file.withUnsafeBytes(of: name) { bytes in
        let last = max(0, bytes.count - Self.stretch)
        for start in [0, last / 2, last] {
          hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[start...].prefix(Self.stretch)))
        }
      }
    }
    stretches = ContentDigest(hash.finalize())
  }
}
