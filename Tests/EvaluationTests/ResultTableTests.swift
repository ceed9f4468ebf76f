import Foundation
import LoRWeBCheckpoints
import LoRWeBEvaluation
import Testing

@Suite("Intervals and tables")
struct ResultTableTests {
  @Test("Wilson's interval equals the published example, and stays inside 0 to 1")
  func wilson() throws {
    // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    for (successes, count, low, high) in [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
    ] {
      let interval = try #require(Interval.wilson(share: Double(successes) / Double(count), of: count))
      #expect(abs(interval.low - low) < 6e-5 && abs(interval.high - high) < 6e-5, "\(successes) of \(count): \(interval)")
    }
    #expect(Interval.wilson(share: .nan, of: 0) == nil)
    #expect(Interval.wilson(share: 1.5, of: 2) == nil)
  }

  @Test("The bootstrap is near the normal interval, repeats by seed and needs two values")
  func bootstrap() throws {
    let values = (0..<100).map { Double($0 * 37 % 100) / 99 }
    let interval = try #require(Interval.bootstrap(meanOf: values, seed: 3))
    // The standard error of these hundred values is 0.0291.
    #expect(abs(interval.low - (0.5 - 1.96 * 0.0291)) < 0.008 && abs(interval.high - (0.5 + 1.96 * 0.0291)) < 0.008)
    #expect(Interval.bootstrap(meanOf: values, seed: 3) == interval)
    #expect(Interval.bootstrap(meanOf: values, seed: 4) != interval)
    #expect(Interval.bootstrap(meanOf: [1]) == nil)
  }

  private func table() throws -> ResultTable {
    func score(_ method: String, _ family: String, _ task: String, _ item: String, _ error: Double, _ right: Double)
      -> ItemScore
    {
      ItemScore(method: method, family: family, task: task, item: item, values: [.squaredError: error, .identification: right])
    }
    return try ResultTable(
      title: "U0",
      scores: [
        score("copy b", "tone", "night", "1", 0.2, 0), score("copy b", "tone", "night", "2", 0.4, 0),
        score("copy b", "tone", "night", "3", 0.6, 0), score("copy b", "weather", "fog", "1", 0.1, 1),
        score("ours | new", "tone", "night", "1", 0.1, 1), score("ours | new", "weather", "fog", "1", 0.05, 0),
      ])
  }

  @Test("Tasks weigh alike, whatever number of items they have")
  func means() throws {
    let table = try table()
    let summary = try #require(table.summary(.squaredError, of: "copy b"))
    #expect(abs(summary.mean - 0.25) < 1e-12)
    #expect(summary.tasks == 2 && summary.items == 4)
    #expect(abs(try #require(summary.interval).low - 0.1) < 1e-12)
    let identified = try #require(table.summary(.identification, of: "copy b"))
    #expect(identified.mean == 0.5 && identified.interval == Interval.wilson(share: 0.5, of: 4))
    #expect(table.summary(.structure, of: "copy b") == nil)
    #expect(table.summary(.squaredError, of: "copy b", family: "weather")?.interval == nil)
  }

  @Test("Ratios to a baseline are task by task")
  func ratios() throws {
    let ratios = try table().ratios(.squaredError, of: "ours | new", to: "copy b")
    #expect(abs(try #require(ratios["night"]) - 0.25) < 1e-12)
    #expect(abs(try #require(ratios["fog"]) - 0.5) < 1e-12)
  }

  @Test("JSON reads back as the same table, measures by their keys")
  func json() throws {
    let table = try table()
    let json = try table.readableJSON()
    #expect(try JSONDecoder().decode(ResultTable.self, from: json) == table)
    let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
    #expect(object.keys.sorted() == ["scores", "title"])
    let score = try #require((object["scores"] as? [[String: Any]])?.first)
    #expect(score.keys.sorted() == ["family", "item", "method", "task", "values"])
    #expect(score["values"] as? [String: Double] == ["mse": 0.2, "identification": 0])
  }

  @Test("Markdown has a section for all tasks and one a family, a row a method, signs of tables escaped")
  func markdown() throws {
    let lines = try table().markdown().split(separator: "\n")
    #expect(lines.count { $0.hasPrefix("## ") } == 3)
    #expect(lines.contains("| Method | tasks | items | MSE ↓ | identified ↑ |"))
    #expect(lines.contains { $0.hasPrefix("| ours \\| new | 2 | 2 | 0.0750 [0.0500, 0.1000] | 0.500 [") })
    #expect(lines.contains { $0.hasPrefix("| copy b | 1 | 1 | 0.1000 | 1.000 [0.207, 1.000] |") })
  }

  @Test("Columns stand in their judges' order; a key that no judge told of is a column of that name")
  func columns() throws {
    let (wins, pleasing) = (
      Column("wins", name: "wins", better: .higher, digits: 2, isShare: true), Column("p|x", name: "pleasing", better: .lower)
    )
    let score = ItemScore(method: "ours", task: "fog", item: "1", values: [pleasing: 2, wins: 1, .squaredError: 0.5])
    let told = try ResultTable(title: "T", columns: [wins, .squaredError, .structure, pleasing], scores: [score])
    #expect(told.columns == [wins, .squaredError, pleasing])
    #expect(told.markdown().contains("| Method | tasks | items | wins ↑ | MSE ↓ | pleasing ↓ |"))
    #expect(told.markdown().contains("| ours | 1 | 1 | 1.00 [0.21, 1.00] | 0.5000 | 2.000 |"))
    let read = try JSONDecoder().decode(ResultTable.self, from: told.readableJSON())
    #expect(read.scores == told.scores && read.columns.map(\.key) == ["mse", "p|x", "wins"])
    #expect(read.markdown().contains("| Method | tasks | items | MSE ↓ | p\\|x | wins |"))
  }

  @Test("An item scored twice for a method is refused")
  func twice() throws {
    var table = try table()
    let again = ItemScore(method: "copy b", task: "fog", item: "1", values: [:])
    #expect(throws: EvaluationError.scoredTwice(method: "copy b", task: "fog", item: "1")) { try table.add([again]) }
  }
}
