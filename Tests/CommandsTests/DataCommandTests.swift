import Foundation
import LoRWeBPictures
import LoRWeBTestSupport
import Testing

extension CommandTests {
  @Suite("data check") struct DataCheck {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "AnalogyDataTests/Fixtures")

    @Test("counts the tasks of a set that nothing is wrong with", arguments: ["relation252k", "prepared"])
    func good(name: String) throws {
      let path = Self.fixtures.appending(path: name).path(percentEncoded: false)
      let run = try Tool.run(["data", "check", path])
      #expect(run.status == 0 && run.output.hasSuffix("nothing is wrong\n") && run.errors == "", "\(run)")
      let json = try Tool.run(["data", "check", path, "--json"]).json()
      #expect(json["layout"] as? String == name && (json["problems"] as? [Any])?.isEmpty == true)
    }

    @Test("names each file that is wrong and ends with 1, also in JSON")
    func bad() throws {
      let folder = try Workplace.make()
      try FileManager.default.createDirectory(at: folder["set/task"], withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: folder["a.png"], to: folder["set/task/1-before.png"])
      let run = try Tool.run(["data", "check", folder.path("set")])
      #expect(run.status == 1 && run.output.contains("task/1-before.png: the picture after it is missing"), "\(run)")
      let json = try Tool.run(["data", "check", folder.path("set"), "--json"])
      #expect(json.status == 1)
      #expect((try json.json()["problems"] as? [Any])?.count == 2, "\(json)")
    }

    @Test("lists pictures that no analogy uses, and ends with 1 for them alone")
    func unused() throws {
      let folder = try Workplace.make()
      try FileManager.default.copyItem(at: Self.fixtures.appending(path: "relation252k"), to: folder["set"])
      try FileManager.default.copyItem(at: folder["a.png"], to: folder["set/Negative/Group1/stray.png"])
      let run = try Tool.run(["data", "check", folder.path("set")])
      #expect(run.status == 1 && run.output.hasSuffix("\nnot used:\n  Negative/Group1/stray.png\n"), "\(run)")
      let json = try Tool.run(["data", "check", folder.path("set"), "--json"])
      #expect(try json.status == 1 && json.json()["unused"] as? [String] == ["Negative/Group1/stray.png"], "\(json)")
    }

    @Test("refuses a folder in no known layout by its name")
    func unknown() throws {
      let folder = try Workplace.make()
      try folder.expectRefusal(["data", "check", folder.path("model")], "model", "no analogies")
    }
  }

  @Suite("data suite") struct DataSuite {
    private static let material = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "AnalogyDataTests/Fixtures/material").path(percentEncoded: false)
    private let folder: TemporaryFolder

    init() throws { folder = try Workplace.make() }

    private func arguments(_ output: String, suite: String = "U4", count: Int = 1, _ more: [String] = []) -> [String] {
      [
        "data", "suite", "--suite", suite, "--material", Self.material, "--out", folder.path(output), "--count", "\(count)",
        "--size", "48", "--quiet",
      ] + more
    }

    @Test("writes the same bytes for the same seed, seven others an item, and evaluate takes it")
    func makes() throws {
      let run = try Tool.run(arguments("suite", count: 2))
      #expect(run.status == 0 && run.output == "8 items of 4 tasks, each with 7 others\n" && run.errors == "", "\(run)")
      let again = try Tool.run(arguments("again", suite: "u4", count: 2, ["--json"])).json()
      #expect(again["items"] as? Int == 8 && again["suite"] as? String == "U4")
      let list = try Data(contentsOf: folder["suite/suite.json"])
      #expect(try Data(contentsOf: folder["again/suite.json"]) == list)
      let suite = try #require(try JSONSerialization.jsonObject(with: list) as? [String: Any])
      #expect(suite["source"] as? String == "lorweb data suite --suite U4 --count 2 --seed 0 --size 48")
      let items = try #require(suite["items"] as? [[String: Any]])
      for item in items {
        let others = try #require(item["others"] as? [String])
        let truth = try #require(item["bPrime"] as? String)
        #expect(Set(others).count == 7 && item["family"] is String)
        for path in others + [truth] {
          let bytes = try Data(contentsOf: folder["suite/\(path)"])
          #expect(try Data(contentsOf: folder["again/\(path)"]) == bytes)
          if path != truth {
            #expect(try Picture(contentsOf: folder["suite/\(path)"]) != Picture(contentsOf: folder["suite/\(truth)"]))
          }
        }
      }
      let seeded = try Tool.run(arguments("seeded", ["--seed", "5"]))
      #expect(seeded.status == 0)
      #expect(try Data(contentsOf: folder["seeded/G3.I7/0/b.png"]) != Data(contentsOf: folder["suite/G3.I7/0/b.png"]))
      let evaluation = try Tool.run([
        "evaluate", "--suite", folder.path("suite"), "--model", folder.path("model"), "--output", folder.path("result"),
        "--plain",
        "--methods", "copy,color-map", "--quiet",
      ])
      #expect(evaluation.status == 0 && evaluation.output.contains("# U4\n\n## Acceptance\n"), "\(evaluation)")
      #expect(evaluation.output.contains("\n## G\n"), "\(evaluation)")
    }

    @Test("refuses in a sentence what no suite can be made of, and leaves nothing behind")
    func refusals() throws {
      try folder.expectRefusal(arguments("new", suite: "U9"), "U9", "U0, U1, U2, U3, U4, U5")
      try folder.expectRefusal(arguments("new", count: 0), "--count", "found 0")
      try folder.expectRefusal(arguments("new", ["--size", "50"]), "--size")
      try folder.expectRefusal(arguments("model"), "model", "already")
      try folder.expectRefusal(arguments("new", ["--material", folder.path("model")]), "model", "manifest.json")
    }
  }
}
