#include "cli/settings/derived.h"

#include <gmock/gmock.h>

#include "support/gateways.h"

namespace cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DerivedTest, EachResourceHasItsLine) {
    Gateway gateway = gateway_to("backend");
    Resource& resource = gateway.servers.front().resources.front();
    resource.origin = "resources[0]";
    Findings findings;
    tell_derived(gateway, findings);
    EXPECT_THAT(findings.derived, ElementsAre(AllOf(HasSubstr("resources[0]: " + resource.uri->text()),
                                                    HasSubstr("/.well-known/oauth-protected-resource"),
                                                    HasSubstr("passed on to http://backend:3001/mcp")),
                                              HasSubstr("listens on port")));
}

TEST(DerivedTest, OfMistakesNothingFollows) {
    Findings findings;
    findings.errors = {"wrong"};
    tell_derived(gateway_to("backend"), findings);
    EXPECT_THAT(findings.derived, IsEmpty());
    Gateway incomplete = gateway_to("backend");
    incomplete.servers.front().resources.front().uri.reset();
    Findings lacking;
    tell_derived(incomplete, lacking);
    EXPECT_THAT(lacking.derived, ElementsAre(HasSubstr("listens on port")));
}

TEST(DerivedTest, ADestinationIsWhereRequestsArrive) {
    Resource resource;
    resource.path = "/mcp";
    Backend& backend = resource.backend;
    backend.transport = Backend::Transport::https;
    backend.host = "b";
    backend.port = 443;
    EXPECT_EQ(destination(resource), "https://b:443/mcp");
    backend.path = "/v1";
    EXPECT_EQ(destination(resource), "https://b:443/v1");
    backend.transport = Backend::Transport::unix_socket;
    backend.host = "/run/x";
    EXPECT_EQ(destination(resource), "unix:/run/x");
}

}  // namespace
}  // namespace cli
