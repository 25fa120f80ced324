# Every way into a protected location from one that is not: whoever comes is judged like any request. And what never
# touched a protected location keeps all its headers.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;
use TestNginx::Mcp;
use TestNginx::Ways;

my ($open, $any, $inner) = map { to($_) } qw(open any mcp);
# What only this module has.
my @resources = (
    ['error_page with its status',     '/err404',  '401', '403', '404 mcp=alice', 'location = /err404 { error_page 404 /judged; return 404; }'],
    ['into one that demands more',     '/ask_more','401', '403', '403', "location = /ask_more { auth_request /outer/more; $any }"],
    ['into one of another resource',   '/ask_other', '401', '401', '401', "location = /ask_other { auth_request /other; $any }"],
    ['the same, from a protected one', '/mcp_other', '401', '403', '401', "location = /mcp_other { $mcp auth_request /other; $any }"],
    ['SSI of it, from a protected one','/inc_other', '401', '403', '200', "location = /inc_other { $mcp ssi on; ssi_types *; root html; }"],
    ['mcp_resource off, alone',        '/open_of', ('200 open+everything') x 3, "location = /open_of { mcp_resource off; $open }"],
);
my %files  = (into_files(), 'jwks.json' => jwks('p256'), 'html/inc_other' => '<!--#include virtual="/other" -->');
my $other  = 'location = /other { ' . ($mcp =~ s/mcp;/other;/r) . " $inner }";
my $server = into_server('mcp_scopes_supported mcp:read;', $other, "location /outer/more { mcp_scope more; $inner }");
my $nginx  = check_doors($server, \%files, into_ways(), @resources, beside_ways());

# --- an application beside ------------------------------------------------------------------------------------------------

my @password = ('Authorization: Basic dXNlcjpwYXNzd29yZA==', @forged);    # user:password
is outcome($nginx, $_, '200 open', '/app', headers => \@password), '200 open+everything', "$_: a password opens an app beside, which sees it" for 'HTTP/1.1', 'HTTP/2';
is outcome($nginx, 'HTTP/1.1', '401', '/app'), '401', 'without it, the app stays closed';

my $token = good_token();
my @in_turn = $nginx->get_in_turn(['/judged', token => $token, headers => \@forged], ['/open', token => $token, headers => \@forged], ['/judged', headers => \@forged], ['/open', headers => ['X-User: forged']]);
is join(' ', map { $_->status } @in_turn), '200 200 401 200', 'one connection, a request for each';
my @seen = new_requests(3);
is arrival($seen[0], token => $token, headers => \@forged), 'mcp=alice', 'the protected one sees the token\'s identity';
is arrival($seen[1], token => $token, headers => \@forged), 'open+everything', 'the next request has all its headers';
is arrival($seen[2], headers => ['X-User: forged']), 'open+everything', 'the one after a refusal, too';

finish();
