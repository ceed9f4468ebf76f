import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import Testing

@Suite("Hostile GGUF files")
struct HostileGGUFTests {
  /// What is wrong, the kind it must be refused with, words its sentence must have, and how a good file is made so.
  private static let cases: [(CheckpointError.Kind, String, @Sendable (inout GGUFBytes) -> Void)] = [
    // The file as a whole
    (.header, "begins with the letters GGUF, found other bytes", { $0.magic = Array("GGML".utf8) }),
    (.foreignFormat, "git lfs pull", { $0.magic = Array("version https://git-lfs".utf8) }),
    (.foreignFormat, "found a web page", { $0.magic = Array("<!DOCTYPE html>".utf8) }),
    (.foreignFormat, "a zip archive", { $0.magic = Array("PK\u{3}\u{4}".utf8) }),
    (.header, "found version 1; convert", { $0.version = 1 }),
    (.header, "found version 0", { $0.version = 0 }),
    (.header, "found version 4", { $0.version = 4 }),
    (.header, "found a big-endian file", { $0.version = UInt32(3).byteSwapped }),
    (.header, "at most 65536 tensors, found 65537", { $0.tensorCount = 65_537 }),
    (.header, "found 18446744073709551615", { $0.tensorCount = .max }),
    (.header, "at most 65536 metadata entries", { $0.metadataCount = 1 << 63 }),
    (.entry, "a name for every tensor", { $0.tensorCount = 200 }),
    (.layout, "to end with its last tensor at byte 120, found 192 bytes", { $0.tensorCount = 1 }),
    // Metadata
    (.metadata, "each metadata key once, found \"k\" twice", { $0.metadata = [("k", number(0, [1])), ("k", number(0, [2]))] }),
    (.metadata, "a type from 0 to 12 as metadata entry \"k\", found 13", { $0.metadata = [("k", number(13, []))] }),
    (
      .cutShort, "metadata entry \"k\" should have 4611686018427387904 bytes",
      { $0.metadata = [("k", number(8, GGUFBytes.number(UInt64(1) << 62)))] }
    ),
    (.cutShort, "should have 18446744073709551615 bytes", { $0.metadata = [("k", GGUFBytes.array(of: 12, count: .max))] }),
    (.cutShort, "metadata entry \"k\" should have", { $0.metadata = [("k", GGUFBytes.array(of: 8, count: .max))] }),
    (
      .metadata, "at most 4 arrays within each other",
      { $0.metadata = [("k", number(9, (0..<9).flatMap { _ in GGUFBytes.number(UInt32(9)) + GGUFBytes.number(UInt64(1)) }))] }
    ),
    (.metadata, "a type from 0 to 12 as the elements of", { $0.metadata = [("k", GGUFBytes.array(of: 77, count: 0))] }),
    (
      .metadata, "a string as metadata entry \"general.architecture\", found uint32",
      { $0.metadata = [("general.architecture", number(4, [0, 0, 0, 0]))] }
    ),
    (.header, "in UTF-8", { $0.metadata = [("general.architecture", number(8, GGUFBytes.text([0xFF, 0xFE])))] }),
    (
      .metadata, "a uint32 as metadata entry \"general.alignment\", found uint64",
      { $0.metadata = [("general.alignment", number(10, [32, 0, 0, 0, 0, 0, 0, 0]))] }
    ),
    (.metadata, "a power of two as metadata entry \"general.alignment\", found 0", { $0.metadata = [alignment(0)] }),
    (.metadata, "found 48", { $0.metadata = [alignment(48)] }),
    (.layout, "but the file holds 0", { $0.metadata = [alignment(1 << 31)] }),
    (.header, "one of 3 parts", { $0.metadata = [("split.count", number(2, [3, 0]))] }),
    (.metadata, "an array of whole numbers", { $0.metadata = [("comfy.gguf.orig_shape.a", GGUFBytes.string("2"))] }),
    (.metadata, "whole numbers of 32 or 64 bits as", { $0.metadata = [shape(6, 1, [0, 0, 128, 63])] }),
    (.metadata, "at most 64 sizes", { $0.metadata = [shape(5, 65, [])] }),
    (.metadata, "sizes from zero up", { $0.metadata = [shape(5, 1, [255, 255, 255, 255])] }),
    (
      .metadata, "as many numbers as [3, 2] has in the original shape of tensor \"a\", found [7]",
      { $0.metadata = [shape(5, 1, [7, 0, 0, 0])] }
    ),
    (
      .metadata, "in the original shape",
      { $0.metadata = [shape(10, 2, GGUFBytes.number(UInt64(1) << 62) + GGUFBytes.number(UInt64(6)))] }
    ),
    // Tensors' lines
    (.entry, "a name for every tensor", { $0.tensors[0].name = [] }),
    (.entry, "found \"a\" twice", { $0.tensors[1].name = Array("a".utf8) }),
    (.header, "a tensor's name at byte 32 in UTF-8", { $0.tensors[0].name = [0xC0] }),
    (
      .header, "at most 65535 bytes as a tensor's name, found a length of 65536",
      { $0.tensors[0].name = [UInt8](repeating: 97, count: 65_536) }
    ),
    (.entry, "at most 4 dimensions of tensor \"a\", found 5", { $0.tensors[0].sizes = [1, 1, 1, 1, 1] }),
    (.entry, "sizes below 2^63 of tensor \"a\", found 9223372036854775808", { $0.tensors[0].sizes = [1 << 63] }),
    (.entry, "a size below 2^63 bytes for tensor \"a\"", { $0.tensors[0].sizes = [1 << 32, 1 << 32] }),
    (.entry, "found shape [0, 4611686018427387904]", { $0.tensors[0].sizes = [1 << 62, 0] }),
    (.entry, "stored as IQ4_XS, which isn't read here", { $0.tensors[0].type = 23 }),
    (.entry, "stored as TQ1_0", { $0.tensors[0].type = 34 }), (.entry, "stored as MXFP4", { $0.tensors[0].type = 39 }),
    (.entry, "stored as Q8_K", { $0.tensors[0].type = 15 }), (.entry, "found number 1000", { $0.tensors[0].type = 1000 }),
    (.entry, "a last size that 32 divides for tensor \"a\" of type Q8_0, found shape [3, 2]", { $0.tensors[0].type = 8 }),
    (.entry, "a size below 2^63 bytes", { ($0.tensors[0].type, $0.tensors[0].sizes) = (14, [1 << 62]) }),
    // Places
    (.layout, "\"a\" to begin at a multiple of 32 bytes, found it at 4", { $0.tensors[0].offset = 4 }),
    (.layout, "from byte 18446744073709551584 of the data on but the file holds 64", { $0.tensors[0].offset = .max - 31 }),
    (.layout, "but the file holds 64", { $0.tensors[0].offset = 1 << 62 }),
    (.layout, "should have 400 bytes from byte 0", { $0.tensors[0].sizes = [100] }),
    (.layout, "\"a\" beginning at byte 128 inside \"b\"", { $0.tensors[1].offset = 0 }),
    (
      .layout, "to begin at byte 160, found it at 192 with bytes of no tensor between",
      { ($0.tensors[1].offset, $0.tail) = (64, [UInt8](repeating: 0, count: 32)) }
    ),
    (.layout, "to end with its last tensor at byte 168, found 193 bytes", { $0.tail = [0] }),
  ]

  private static func number(_ type: UInt32, _ bytes: [UInt8]) -> [UInt8] { GGUFBytes.number(type) + bytes }

  private static func alignment(_ number: UInt32) -> (String, [UInt8]) {
    ("general.alignment", Self.number(4, GGUFBytes.number(number)))
  }

  private static func shape(_ type: UInt32, _ count: UInt64, _ elements: [UInt8]) -> (String, [UInt8]) {
    ("comfy.gguf.orig_shape.a", GGUFBytes.array(of: type, count: count, elements))
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("Every hostile file is refused with its own error, in one sentence that names it", arguments: cases.indices)
  func refused(number: Int) throws {
    let (kind, words, change) = Self.cases[number]
    var made = GGUFBytes()
    change(&made)
    let url = try folder.write(made.bytes, to: "hostile.gguf")
    let error = try #require(checkpointError { _ = try GGUFFile(url) }, "\(words)")
    #expect(error.kind == kind && error.problem.contains(words), "\(error) should say: \(words)")
    expectSentence(error, naming: "hostile.gguf")
  }

  @Test("A good file cut at any byte before its last tensor's end is refused", arguments: ["whole", "aligned"])
  func cut(name: String) throws {
    let bytes = Array(try Data(contentsOf: GGUFTests.answers.appending(path: "\(name).gguf")))
    let file = try GGUFFile(GGUFTests.answers.appending(path: "\(name).gguf"))
    let end = try #require(file.header.entries.map(\.byteRange.upperBound).max())
    let ends = Array(0..<min(end, 1500)) + Array(stride(from: 1500, to: end, by: 97)) + [end - 1]
    for end in ends {
      let url = try folder.write(bytes[..<end], to: "cut.gguf")
      let error = try #require(checkpointError { _ = try GGUFFile(url) }, "cut at \(end)")
      #expect(error.kind == .cutShort || error.kind == .layout || (end < 4 && error.kind == .header), "\(error)")
      expectSentence(error, naming: "cut.gguf")
    }
    #expect(try GGUFFile(folder.write(bytes[..<end], to: "cut.gguf")).names == file.names)
  }

  @Test("Nothing, a folder and an empty file are refused")
  func noFiles() throws {
    for (url, kind, words) in [
      (folder["absent.gguf"], CheckpointError.Kind.fileNotFound, "no such file"), (folder.url, .notAFile, "a folder"),
      (try folder.write([], to: "empty.gguf"), .cutShort, "expected a GGUF file, found an empty file"),
    ] {
      let error = try #require(checkpointError { _ = try GGUFFile(url) })
      #expect(error.kind == kind && error.problem.contains(words), "\(error)")
      expectSentence(error, naming: url.lastPathComponent)
    }
  }

  @Test("What stands before the data may not be longer than any model's, and isn't read to its end to find out")
  func longHeader() throws {
    var made = GGUFBytes()
    made.metadata = [("k", Self.number(8, GGUFBytes.number(UInt64(120_000_000))))]
    let url = try folder.write(made.bytes, to: "long.gguf")
    try FileHandle(forWritingTo: url).truncate(atOffset: 200_000_000)
    let error = try #require(checkpointError { _ = try GGUFFile(url) })
    #expect(error.kind == .header && error.problem.contains("may have 100000000 bytes, metadata entry \"k\" goes beyond that"))
    expectSentence(error, naming: "long.gguf")
  }

  @Test("A GGUF file given as safetensors is refused by name")
  func asSafetensors() throws {
    let url = try folder.write(GGUFBytes().bytes, to: "m.safetensors")
    let error = try #require(checkpointError { _ = try SafetensorsFile(url) })
    #expect(error.kind == .foreignFormat && error.problem.contains("found a GGUF file"))
  }
}
