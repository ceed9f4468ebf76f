import Foundation
import Testing

@testable import LoRWeBAnalogyData

@Suite("Content digests")
struct ContentDigestTests {
  @Test(
    "SHA-256 gives the standard's digests",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ])
  func vectors(_ text: String, _ expected: String) {
    #expect(ContentDigest(of: Array(text.utf8)).hex == expected)
  }

  @Test("Bytes may come in pieces of any length, from memory or from a file")
  func pieces() throws {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = ContentDigest(of: bytes)
    for length in [1, 55, 56, 63, 64, 65, 128, 999] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: length) {
        Array(bytes[start..<min(start + length, bytes.count)]).withUnsafeBytes { hash.update($0) }
      }
      #expect(hash.digest().map { String(format: "%02x", $0) }.joined() == whole.hex, "pieces of \(length)")
    }
    let folder = try ScratchFolder()
    try folder.write("x", Data(bytes))
    #expect(try ContentDigest(ofFile: folder.url.appending(path: "x")) == whole)
    #expect(throws: AnalogySetError.self) { try ContentDigest(ofFile: folder.url.appending(path: "gone")) }
  }

  @Test("Lists of texts that read the same when joined differ")
  func lists() {
    let digests = Set([["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], []].map { ContentDigest(of: $0) })
    #expect(digests.count == 5)
  }
}
