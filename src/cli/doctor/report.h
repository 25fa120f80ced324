// What the doctor found: a line for each check.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cli::doctor {

enum class Verdict : std::uint8_t {
    pass,
    warn,  // it works for some clients, or only here
    fail   // clients cannot log in, or others can come in
};

struct Check {
    Verdict verdict;
    std::string subject;                 // "challenge: resource_metadata"
    std::string finding;                 // what was seen, and what to do when that is not good
    std::string section;                 // the part of a specification that asks for it
    std::vector<std::string> details{};  // whom or what it is about, one line each
};

struct Report {
    std::vector<Check> checks;
    std::vector<std::string> hidden{};  // tokens and secrets: a server may say them back, spelled in several ways

    void hide(std::string_view secret);
    void add(Verdict verdict, std::string subject, const std::string& finding, std::string section);
    // pass with `good`, or else `verdict` with `bad`; returns `holds`.
    bool expect(bool holds, Verdict otherwise, std::string subject, const std::string& good, const std::string& bad,
                std::string section);

    // Lines below the last check.
    void detail(const std::vector<std::string>& lines);

    bool has_failed() const noexcept;
    std::string table() const;
    // {"result":"pass","checks":[{"result":...,"check":...,"finding":...,"section":...}]}, "details" where there are
    // any
    std::string json() const;
};

}  // namespace cli::doctor
