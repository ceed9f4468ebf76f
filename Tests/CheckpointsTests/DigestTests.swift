import Foundation
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

@testable import LoRWeBCheckpoints

@Suite("Digests")
struct DigestTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(
    "SHA-256 gives the standard's digests, of bytes and of a file with them",
    arguments: [
      ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func vectors(_ text: String, _ count: Int, _ expected: String) throws {
    let bytes = Data(String(repeating: text, count: count).utf8)
    #expect(ContentDigest(of: bytes).hex == expected)
    #expect(try ContentDigest(ofFile: folder.write(bytes, to: "x")).hex == expected)
  }

  @Test("A file of several pieces has the digest of its bytes; a folder and a file that isn't there are refused")
  func files() throws {
    let bytes = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) })
    #expect(try ContentDigest(ofFile: folder.write(bytes, to: "x")) == ContentDigest(of: bytes))
    #expect(checkpointError { _ = try ContentDigest(ofFile: folder["gone"]) }?.kind == .fileNotFound)
    #expect(checkpointError { _ = try ContentDigest(ofFile: folder.url) }?.kind == .notAFile)
  }

  @Test("Lists of texts that read the same when joined differ; one that grows has the digest of the whole")
  func lists() {
    let lists = [["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], []]
    let digests = lists.map { ContentDigest(of: $0) }
    #expect(Set(digests).count == 5)
    for (list, digest) in zip(lists, digests) {
      var growing = GrowingDigest()
      for text in list { growing.add(text) }
      #expect(growing.digest() == digest)
    }
    // Two lengths of 8 bytes, little-endian, each before its text: caches and sampling positions hold such digests.
    let bytes = Data([2, 0, 0, 0, 0, 0, 0, 0]) + Data("ab".utf8) + Data([1, 0, 0, 0, 0, 0, 0, 0]) + Data("c".utf8)
    #expect(digests[0] == ContentDigest(of: bytes))
  }
}

@Suite("Fingerprints of weights")
struct WeightsFingerprintTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file of a tensor that is longer than its stretches, one that is shorter, a number and an empty one.
  private func fingerprint(
    _ name: String = "weights", changing place: Int? = nil, metadata: SafetensorsMetadata = [:], shape: [Int] = [100, 100]
  ) throws -> WeightsFingerprint {
    var values = (0..<10_000).map(Float.init)
    if let place { values[place] += 1 }
    var writer = SafetensorsWriter(metadata: metadata)
    writer.add("large", Tensor(values, shape: shape))
    writer.add("small", Tensor(values.suffix(10).map { $0 }, shape: [10]))
    writer.add("scalar", Tensor([Float(1)], shape: []))
    writer.add("empty", Tensor.zeros([0]))
    try writer.write(to: folder[name])
    return try WeightsFingerprint(folder[name])
  }

  @Test("Equal files are equal wherever they lie, and header and size are what other tools say of them")
  func equal() throws {
    let print = try fingerprint()
    #expect(try fingerprint("other") == print)
    let data = try Data(contentsOf: folder["weights"])
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    #expect(print.size == data.count && print.header == ContentDigest(of: data.prefix(8 + length)))
    #expect(try JSONDecoder().decode(WeightsFingerprint.self, from: JSONEncoder().encode(print)) == print)
  }

  @Test("Another header, and other numbers at a tensor's beginning, middle or end, are another fingerprint")
  func different() throws {
    let print = try fingerprint()
    for other in [try fingerprint(metadata: ["a": "b"]), try fingerprint(shape: [10, 1000])] {
      #expect(other.header != print.header && other.stretches == print.stretches)
    }
    for place in [0, 5000, 9985, 9999] {
      let other = try fingerprint(changing: place)
      #expect(other.header == print.header && other.size == print.size && other.stretches != print.stretches, "\(place)")
    }
    #expect(try fingerprint(changing: 1000) == print, "as the type says, not every number is looked at")
  }

  @Test("Weights are read whole up to a size, and told by their fingerprint above it")
  func sizes() throws {
    _ = try fingerprint()
    let (whole, size) = (try ContentDigest(ofFile: folder["weights"]), try Data(contentsOf: folder["weights"]).count)
    #expect(try ContentDigest(ofWeights: folder["weights"]) == whole)
    #expect(try ContentDigest(ofWeights: folder["weights"], readingWholeUpTo: size) == whole)
    func large(_ name: String) throws -> ContentDigest {
      try ContentDigest(ofWeights: folder[name], readingWholeUpTo: size - 1)
    }
    #expect(try large("weights") != whole)
    _ = try fingerprint("copy")
    #expect(try large("weights") == large("copy"))
    _ = try fingerprint("trained", changing: 5000)
    #expect(try large("weights") != large("trained"))
  }

  @Test("What is no safetensors file has no fingerprint")
  func foreign() throws {
    #expect(throws: CheckpointError.self) { try WeightsFingerprint(folder.write(Data("no weights".utf8), to: "x")) }
  }
}
