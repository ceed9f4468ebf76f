import Foundation
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

    @Test("refuses a folder in no known layout by its name")
    func unknown() throws {
      let folder = try Workplace.make()
      try folder.expectRefusal(["data", "check", folder.path("model")], "model", "no analogies")
    }
  }
}
