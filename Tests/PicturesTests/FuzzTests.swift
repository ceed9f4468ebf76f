import Foundation
import LoRWeBPictures
import Testing

private let fuzzSeconds = Double(ProcessInfo.processInfo.environment["LORWEB_FUZZ_SECONDS"] ?? "") ?? 0

/// Mutates the fixtures: 300 times, or for as long as LORWEB_FUZZ_SECONDS says. docs/fuzzing.md tells what was found. How long a
/// file takes is looked at in long runs alone.
@Suite("Fuzzing pictures")
struct FuzzTests {
  @Test("no mutated file crashes the reader or is explained in more than one line")
  func mutations() throws {
    var dice = Dice(state: UInt64(ProcessInfo.processInfo.environment["LORWEB_FUZZ_SEED"] ?? "") ?? 1)
    let seeds = try files()
    // After a crash the culprit is here.
    let current = FileManager.default.temporaryDirectory.appending(path: "lorweb-fuzz-picture-\(getpid())")
    let end = ContinuousClock.now + .seconds(fuzzSeconds)
    var (tried, read, slowest) = (0, 0, Duration.zero)
    while tried < 300 || ContinuousClock.now < end {
      let mutated = dice.mutated(seeds)
      try mutated.write(to: current)
      let start = ContinuousClock.now
      do {
        let picture = try Picture(data: mutated, named: "fuzz", pixelLimit: 1_000_000)
        #expect(picture.pixels.count == picture.width * picture.height * 3)
        read += 1
      } catch let error as PicturesError {
        #expect(!"\(error)".contains("\n"))
      }
      _ = try? PictureFile(contentsOf: current).text()
      slowest = max(slowest, ContinuousClock.now - start)
      tried += 1
    }
    try? FileManager.default.removeItem(at: current)
    guard fuzzSeconds > 0 else { return }
    #expect(slowest < .seconds(20))
    print("fuzzed \(tried) files, \(read) of them readable, the slowest took \(slowest)")
  }

  private func files() throws -> [Data] {
    try ["decoding", "refused"].flatMap { folder in
      try FileManager.default.contentsOfDirectory(at: Fixtures.folder.appending(path: folder), includingPropertiesForKeys: nil)
        .sorted { $0.path < $1.path }.map { try Data(contentsOf: $0) }.filter { $0.count < 20_000 }
    }
  }
}

/// A small generator, so that a seed gives the same files everywhere.
private struct Dice {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % max(1, sides)
  }

  mutating func mutated(_ files: [Data]) -> Data {
    var bytes = [UInt8](files[roll(files.count)])
    for _ in 0...roll(6) where !bytes.isEmpty { change(&bytes, by: files[roll(files.count)]) }
    // Without right checksums libpng would look at nothing.
    if roll(4) > 0 { Fixtures.repairChecksums(&bytes) }
    return Data(bytes)
  }

  private mutating func change(_ bytes: inout [UInt8], by other: Data) {
    let place = roll(bytes.count)
    switch roll(8) {
    case 0: bytes[place] ^= 1 << roll(8)
    case 1: bytes[place] = UInt8(roll(256))
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][roll(5)]
    case 3: bytes.removeSubrange(place...)
    case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + roll(64)))
    case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + roll(64))], at: place)
    case 6:
      let from = roll(other.count)
      bytes.replaceSubrange(place..<min(bytes.count, place + 32), with: other[from..<min(other.count, from + 1 + roll(200))])
    default:
      for offset in place..<min(bytes.count, place + 4) { bytes[offset] = [0, 0xFF, UInt8(roll(256))][roll(3)] }
    }
  }
}
