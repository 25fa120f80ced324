# Every way that nginx has to leave a protected location, refused or passed: wherever it leads, no backend receives the
# client's credentials or an identity that the client invented.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;
use TestNginx::Ways;

# What only this module refuses.
my $dead = 'http://127.0.0.1:%%PORT_DEAD%%';    # where nobody listens
my @refused = (
    way('a rule that reads the body',          '401 page(body)', '403 page(body)', '403 page(body)', 'mcp_scope mcp:write method=tools/call; error_page 401 403 @page;', @post),
    way('a body that is no JSON',              '401 page(body)', '400 page(body)', '400 page(body)', 'mcp_scope mcp:write method=tools/call; error_page 400 401 @page;', @post, body => 'no JSON'),
    way('a method that MCP does not use',      '401 page', '405 page', '405 page', 'error_page 401 405 /page;', method => 'PUT', body => ''),
    way('a foreign Origin',                    '403 page', '403 page', '403 page', 'error_page 403 /page;', headers => ['Origin: https://evil.example.com']),
    way('a token in the query',                '400 page', '400 page', '400 page', 'error_page 400 @page;', query => '?access_token=forged-token&x=1'),
    ['keys that are not there', '/down', '401 page', '503 page', '503 page', "location = /down { mcp_resource https://mcp.example.com/down; mcp_audience $resource; mcp_authorization_server https://as.example.com; mcp_jwks $dead/; mcp_claim_header X-User sub; mcp_claim_header X-Groups groups; error_page 401 503 /page; " . to('mcp') . '}'],
);

check_doors(ways_server('mcp_scopes_supported mcp:read;'), { ways_files(), 'jwks.json' => jwks('p256') }, refused_ways(), @refused, unjudged_ways(), passed_ways());

finish();
