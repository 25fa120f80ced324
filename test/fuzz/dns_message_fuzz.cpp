// A query that is read is repeated in the answer, which is never larger than a message, and never read as a query.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "cli/names/dns_message.h"

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const cli::dns::Question& question, std::span<const cli::dns::Address> addresses) {
    require(!question.name.empty() && question.name.size() <= 253);
    const std::string answer = cli::dns::answer(question, cli::dns::Outcome::found, addresses);
    require(answer.size() <= cli::dns::largest_message);
    require(answer.substr(12, question.section.size()) == question.section);
    require(!cli::dns::parse_query(std::as_bytes(std::span(answer))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const std::vector<cli::dns::Address> many(200);
    if (const auto question = cli::dns::parse_query(std::as_bytes(std::span(data, size)))) {
        check(*question, many);
        check(*question, {});
    }
    return 0;
}
