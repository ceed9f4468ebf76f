import Foundation
import LoRWeBCheckpoints
import LoRWeBTestSupport
import LoRWeBTorch
import Testing

/// Opens changed files for `LORWEB_FUZZ_SECONDS` (300 files if unset): each must be refused with a typed error in one sentence, or
/// be read to its last byte and survive writing and reading again. `LORWEB_FUZZ_SEED` repeats a run, `LORWEB_FUZZ_KEEP` names a
/// folder that gets the files that were taken, for the reference library to judge. After a crash the file is still in the folder
/// for temporary files. See docs/fuzzing.md.
@Suite("Fuzzing the checkpoint readers")
struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["LORWEB_FUZZ_SECONDS"].flatMap(Double.init)
  private static let seed = environment["LORWEB_FUZZ_SEED"].flatMap(UInt64.init)

  @Test("No changed safetensors file crashes the reader or gets past its checks")
  func files() throws {
    let corpus = try ["Hostile", "Odd", "Reference"].map { folder in
      let url = fixtures.appending(path: folder)
      return try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".safetensors") }.sorted()
        .map { Array(try Data(contentsOf: url.appending(path: $0))) }
    }
    try fuzz("changed.safetensors", .jsonWithLength, Mutator(numbers: numbers, corpus: corpus), share: 0.5) { url in
      try checkGood(url)
    }
  }

  @Test("No changed GGUF file crashes the reader or gets past its checks")
  func ggufs() throws {
    let written = try ["whole", "aligned"].map { Array(try Data(contentsOf: GGUFTests.answers.appending(path: "\($0).gguf"))) }
    var made = GGUFBytes()
    made.metadata = [("general.architecture", GGUFBytes.string("flux")), ("words", GGUFBytes.array(of: 9, count: 0))]
    try fuzz("changed.gguf", .numbers, Mutator(numbers: numbers, corpus: [written, [made.bytes]]), share: 0.3) { url in
      let file = try GGUFFile(url)
      for entry in file.header.entries {
        let tensor = try file.tensor(entry.name)
        #expect(tensor.shape == entry.shape && tensor.dtype == entry.type.dtype)
        guard let count = entry.shape.first, count > 0 else { continue }
        let row = try file.tensor(entry.name, rows: count - 1..<count)
        #expect(row.bytes == Array(tensor.bytes.suffix(row.byteCount)))
      }
    }
  }

  @Test("No changed index crashes the reader or gets past its checks")
  func indexes() throws {
    let folder = try TemporaryFolder()
    for (name, tensors) in [("x.safetensors", ["a", "b"]), ("y.safetensors", ["c"])] {
      var writer = SafetensorsWriter()
      for tensor in tensors { writer.add(tensor, try withTorchErrors { counting([2]) }) }
      try writer.write(to: folder[name])
    }
    let index = #"{"metadata":{"total_size":24},"weight_map":{"a":"x.safetensors","b":"x.safetensors","c":"y.safetensors"}}"#
    try fuzz(
      "m.safetensors.index.json", .json, Mutator(numbers: numbers, corpus: [[Array(index.utf8)]]), share: 0.2, in: folder
    ) {
      url in
      let source = try CheckpointSource(url)
      #expect(Set(source.names ?? []) == ["a", "b", "c"])
    }
  }

  /// The same numbers in every short run, others in every long one.
  private var numbers: SeededNumbers {
    let seed = Self.seed ?? (Self.seconds == nil ? 1 : .random(in: 0...UInt64.max))
    if Self.seconds != nil { print("LORWEB_FUZZ_SEED=\(seed)") }
    return SeededNumbers(seed: seed)
  }

  /// Opens changed files until the time is up or 300 are done; `read` must throw a `CheckpointError` or find nothing wrong.
  private func fuzz(
    _ name: String, _ form: Mutator.Form, _ mutator: Mutator, share: Double, in place: TemporaryFolder? = nil,
    read: (URL) throws -> Void
  ) throws {
    let folder = try place ?? TemporaryFolder()
    var mutator = mutator
    var outcomes: [String: Int] = [:]
    var count = 0
    let end = Self.seconds.map { ContinuousClock.now + .seconds($0 * share) }
    while end.map({ ContinuousClock.now < $0 }) ?? (count < 300) {
      count += 1
      let file = mutator.next(form)
      let url = try folder.write(file, to: name)
      do {
        try read(url)
        outcomes["taken", default: 0] += 1
        if name.hasSuffix(".safetensors") { try keep(file, number: outcomes["taken"] ?? 0) }
      } catch let error as CheckpointError {
        // What is wrong, without the names and numbers that stand further on in the sentence.
        outcomes[error.problem.split(separator: " ").prefix(3).joined(separator: " "), default: 0] += 1
        let text = error.description
        let isSentence = text.contains(folder.url.path) && text.hasSuffix(".") && !text.contains("\n") && text.utf8.count < 4000
        if !isSentence { Issue.record("\(text): \(Data(file).base64EncodedString())") }
      } catch {
        Issue.record("\(error): \(Data(file).base64EncodedString())")
      }
    }
    #expect(outcomes.count > 5, "\(outcomes)")
    if Self.seconds != nil {
      let rows = outcomes.sorted { $0.value > $1.value }.map { "\($0.key) \($0.value)" }
      print("\(name): \(count) files\n  \(rows.joined(separator: "\n  "))")
    }
  }

  /// Reads every byte of every tensor, then writes all of it and reads it again.
  private func checkGood(_ url: URL) throws {
    let file = try SafetensorsFile(url)
    var writer = SafetensorsWriter(metadata: file.metadata)
    for entry in file.header.entries {
      let tensor = try file.tensor(entry.name)
      #expect(tensor.shape == entry.shape && tensor.dtype == entry.dtype)
      #expect(tensor.bytes == (try file.withUnsafeBytes(of: entry.name, Array.init)))
      writer.add(entry.name, tensor)
    }
    let copyURL = url.deletingLastPathComponent().appending(path: "copy.safetensors")
    try writer.write(to: copyURL)
    let copy = try SafetensorsFile(copyURL)
    #expect(copy.metadata == file.metadata && Set(copy.names) == Set(file.names))
    for name in file.names { #expect(try copy.tensor(name).bytes == (try file.tensor(name).bytes)) }
  }

  private func keep(_ file: [UInt8], number: Int) throws {
    guard let folder = Self.environment["LORWEB_FUZZ_KEEP"], number <= 5000 else { return }
    try Data(file).write(to: URL(filePath: folder).appending(path: "\(number).safetensors"))
  }
}
