import Foundation
import LoRWeBTorch
import Testing

@Suite("Operator table")
struct OpTableTests {
  @Test("Every operator is in this libtorch and declared as when this was written")
  func schemas() throws {
    let written = try Answers.lines("op-schemas.txt")
    let found = Op.all.map { $0.schema ?? "\($0.name) is missing" }
    #expect(written.count == Op.all.count)
    let changed = zip(written, found).filter { $0 != $1 }.map { "\($0)\n  is now: \($1)" }
    #expect(changed.isEmpty, "libtorch \(torchVersion) changed \(changed.count) operators:\n\(changed.joined(separator: "\n"))")
  }

  @Test("Every entry of the table is in `Op.all`, once, in order")
  func complete() throws {
    let table = try Answers.source("Sources/Torch/OpTable.swift")
    let names = table.matches(of: #/Op\("(aten::[\w.]+)"\)/#).map { String($0.1) }
    #expect(names.count > 100)
    #expect(names == Op.all.map(\.name))
    #expect(Set(names).count == names.count)
  }

  @Test("Every entry of the table is called by a wrapper, so no operator is there for nothing")
  func used() throws {
    let folder = Answers.repository.appending(path: "Sources/Torch")
    let wrappers = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix("Tensor+") }
    let source = try wrappers.map { try Answers.source("Sources/Torch/\($0)") }.joined()
    let table = try Answers.source("Sources/Torch/OpTable.swift")
    let entries = table.matches(of: #/static let `?(\w+)`? = Op\(/#).map { String($0.1) }
    let called = Set(source.matches(of: #/Op\.`?(\w+)/#).map { String($0.1) })
    #expect(entries.filter { !called.contains($0) } == [])
  }
}
