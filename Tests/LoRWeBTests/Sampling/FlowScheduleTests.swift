import Foundation
import LoRWeB
import LoRWeBModels
import LoRWeBTorch
import Testing

@Suite("Flow-match schedule")
struct FlowScheduleTests {
  private func read(_ text: String) throws -> FlowScheduleConfig {
    try readConfig(from: Data(text.utf8), named: "scheduler/scheduler_config.json")
  }

  private func expectClose(_ found: [Float], _ expected: [Double], location: SourceLocation = #_sourceLocation) {
    #expect(found.count == expected.count, sourceLocation: location)
    for (a, b) in zip(found, expected) { #expect(abs(Double(a) - b) < 2e-6, "\(found)", sourceLocation: location) }
  }

  @Test("Without a shift the levels are even")
  func even() throws {
    let schedule = try FlowSchedule(steps: 4, tokens: 100, config: FlowScheduleConfig())
    expectClose(schedule.sigmas, [1, 0.75, 0.5, 0.25, 0])
    expectClose(schedule.timesteps.map { $0 / 1000 }, [1, 0.75, 0.5, 0.25])
    #expect(schedule.count == 4)
  }

  @Test("A static shift s makes s σ / (1 + (s − 1) σ), whatever the size")
  func staticShift() throws {
    let config = try read(#"{"shift": 3.0}"#)
    for tokens in [16, 4096] {
      let schedule = try FlowSchedule(steps: 4, tokens: tokens, config: config)
      expectClose(schedule.sigmas, [1, 0.9, 0.75, 0.5, 0])
    }
  }

  @Test("Dynamic shifting depends on the tokens: 0.5 at 256, 1.15 at 4096, a straight line beyond both")
  func dynamicShift() throws {
    let config = try read(#"{"use_dynamic_shifting": true, "shift": 3.0}"#)
    let slope = 0.65 / 3840
    let expected: [(Int, Double)] = [(256, 0.5), (4096, 1.15), (8192, 1.15 + slope * 4096), (16, 0.5 - slope * 240)]
    for (tokens, mu) in expected {
      #expect(abs(FlowSchedule.mu(tokens: tokens, config: config) - mu) < 1e-12)
      let schedule = try FlowSchedule(steps: 2, tokens: tokens, config: config)
      expectClose(schedule.sigmas, [1, exp(mu) / (exp(mu) + 1), 0])
    }
  }

  @Test("The linear kind shifts by mu itself")
  func linear() throws {
    let config = try read(#"{"use_dynamic_shifting": true, "time_shift_type": "linear"}"#)
    let schedule = try FlowSchedule(steps: 2, tokens: 4096, config: config)
    expectClose(schedule.sigmas, [1, 1.15 / 2.15, 0])
  }

  @Test("Levels fall from 1 to 0 for any number of steps", arguments: [1, 2, 3, 28, 999, 1000])
  func falling(steps: Int) throws {
    let schedule = try FlowSchedule(steps: steps, tokens: 4096, config: read(#"{"use_dynamic_shifting": true}"#))
    #expect(schedule.sigmas.first == 1 && schedule.sigmas.last == 0 && schedule.count == steps)
    #expect(zip(schedule.sigmas, schedule.sigmas.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test("Step counts outside 1 to 1000 are refused", arguments: [0, -1, 1001, Int.max, Int.min])
  func badSteps(steps: Int) async {
    await expectSentence("\(steps)", "1 to 1000") {
      _ = try FlowSchedule(steps: steps, tokens: 100, config: FlowScheduleConfig())
    }
  }

  @Test(
    "Settings that would change the schedule in ways not done here are refused by name",
    arguments: [
      "use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas", "invert_sigmas", "stochastic_sampling",
    ])
  func unsupported(key: String) async throws {
    await expectSentence(key) { _ = try read("{\"\(key)\": true}") }
    #expect(try read("{\"\(key)\": false}") == FlowScheduleConfig())
    await expectSentence("shift_terminal") { _ = try read(#"{"shift_terminal": 0.02}"#) }
    #expect(try read(#"{"shift_terminal": null}"#) == FlowScheduleConfig())
  }

  @Test(
    "Configurations no schedule can be made of are refused",
    arguments: [
      #"{"num_train_timesteps": 0}"#, #"{"shift": 0}"#, #"{"shift": -1}"#, #"{"time_shift_type": "cubic"}"#,
      #"{"base_image_seq_len": 4096, "max_image_seq_len": 4096}"#, #"{"shift": "three"}"#, #"{"num_train_timesteps": 1.5}"#,
      #"{"base_image_seq_len": -9000000000000000000, "max_image_seq_len": 9000000000000000000}"#, "[]", "",
      #"{"use_dynamic_shifting": true, "base_shift": 1e300}"#, #"{"use_dynamic_shifting": true, "max_shift": -1e300}"#,
      #"{"use_dynamic_shifting": true, "time_shift_type": "linear", "base_shift": -0.5, "max_shift": -0.4}"#,
    ])
  func badConfig(text: String) async {
    await expectSentence { _ = try FlowSchedule(steps: 4, tokens: 1024, config: read(text)) }
  }

  @Test("A step adds the level's change times the velocity")
  func step() throws {
    try withTorchErrors {
      let schedule = try FlowSchedule(steps: 4, tokens: 100, config: FlowScheduleConfig())
      let stepped = schedule.step(1, sample: Tensor([1, 2] as [Float]), velocity: Tensor([4, -8] as [Float]))
      #expect(stepped.array(of: Float.self) == [0, 4])
    }
  }
}
