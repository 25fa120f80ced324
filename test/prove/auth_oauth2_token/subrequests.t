# nginx has no access phase for subrequests: they are judged before it, whatever auth_oauth2_token_phase says. Where tokens
# are exchanged, a subrequest gets the exchanged token or is refused: the client's never passes, and the exchanged one goes
# nowhere else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Doors;

my ($any, $inner, $page) = map { to($_) } qw(any mcp page);
my $as = run_origin();
$as->answer('/introspect', body => '{"active":true}', when => [['token=bad', { body => '{"active":false}' }]]);
$as->answer('/token', body => to_json({ access_token => 'issued-for-the-backend', token_type => 'Bearer', expires_in => 60,
    issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' }));
my $as_port     = $as->port;
my $introspects = 'auth_oauth2_token_introspect on; auth_oauth2_token_introspect_endpoint /_as/introspect;';
my $exchanges   = 'auth_oauth2_token_exchange on; auth_oauth2_token_token_endpoint /_as/token;';
$TestNginx::Doors::issued = 'issued-for-the-backend';
my $nginx = run_nginx(<<"CONF", { map { ("html/$_" => qq(<!--#include virtual="/$_/in" -->)) } qw(introspects exchanges) });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    map \$http_authorization \$mapped { default "\$http_authorization"; }
    log_format seen "\$http_authorization|\$mapped|\$request|\$status";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_H2%% http2;
        access_log %%TESTDIR%%/access.log seen;
        ssi_types *;
        location /judged    { $introspects $inner }
        location /paged     { $introspects error_page 401 =200 /file; $inner }
        location /returns   { $introspects return 204; }
        location = /introspects/in { $introspects $inner }
        location = /exchanges/in { $exchanges $inner }
        location = /file    { return 200 "file"; }

        location = /ask         { auth_request /judged; $any }
        location = /ask_paged   { auth_request /paged; $any }
        location = /ask_returns { auth_request /returns; $any }
        location = /ask_new     { auth_request /exchanges/in; $any }
        location = /mirror      { mirror /judged; $any }
        location = /mirror_new  { mirror /exchanges/in; $any }
        location = /before      { addition_types *; add_before_body /exchanges/in; $any }
        location = /introspects { ssi on; root html; }
        location = /exchanges   { ssi on; root html; }

        location /new         { $exchanges proxy_set_header X-Mapped \$mapped; $inner }
        location = /new/mirror  { $exchanges mirror /seen; $inner }
        location = /new/asks    { $exchanges auth_request /seen; $inner }
        location = /new/again   { $exchanges mirror /exchanges/in; $inner }
        location = /new/named   { $exchanges try_files /none \@seen; }
        location = /new/failed  { $exchanges error_page 502 = \@seen; proxy_pass http://127.0.0.1:%%PORT_DEAD%%; }
        location = /new/query   { $exchanges $inner }
        location = /seen        { proxy_set_header X-Mapped \$mapped; $page }
        location \@seen         { proxy_set_header X-Mapped \$mapped; $page }
        location /_as/ { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
    server {
        listen 127.0.0.1:%%PORT_INHERIT%%;
        $introspects
        location /         { auth_request /check; mirror /mirror; $any }
        location = /check  { internal; $inner }
        location = /mirror { internal; $page }
        location /_as/     { internal; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF
my @good = (token => 'good-token-of-the-client');
my @bad  = (token => 'bad-token-of-the-client');
sub is_outcome ($wanted, $rule, $path, @request) {
    is outcome($nginx, $_, $wanted, $path, @request), $wanted, "$path, $_: $rule" for 'HTTP/1.1', 'HTTP/2';
    return;
}

# --- judged ---------------------------------------------------------------------------------------------------------------

for my $path (qw(/ask /ask_paged)) {
    is_outcome('401', 'no token', $path);
    is_outcome('401', 'a bad one', $path, @bad);
    is_outcome('200 any mcp+everything', 'a good one', $path, @good);
}
is_outcome('403', '"return" lets nobody pass, since nobody was judged', '/ask_returns', @$_) for [], [@bad], [@good];
is_outcome('200 any', 'a mirror cannot ask', '/mirror', @$_) for [], [@bad], [@good];
is_outcome('200', 'nothing is included', '/introspects', @$_) for [], [@bad];
is_outcome('200 mcp+everything', 'a good token: it is', '/introspects', @good);

my @server = (port => 'PORT_INHERIT');
my $before = () = $as->requests;
is $nginx->get('/', @server, @good)->status, 200, 'inherited from the server: a good token passes';
is join(' ', sort map { (values_of($_, 'X-Backend'))[0] } new_requests(3)), 'any mcp page', 'so do its subrequests, the mirror included';
is scalar(() = $as->requests) - $before, 1, 'which was asked about once';
is $nginx->get('/', @server, @bad)->status, 401, 'a bad one does not';
is scalar(new_requests(0)), 0, 'nor do they';

# --- exchanged ------------------------------------------------------------------------------------------------------------

is_outcome('200 any mcp(issued)', 'auth_request into an exchange', '/ask_new', @good);
is_outcome('401', 'without a token', '/ask_new');
is_outcome('200 any', 'a mirror into an exchange cannot ask', '/mirror_new', @$_) for [], [@good];
is_outcome('200 any mcp(issued)', 'more is added before', '/before', @good);
is_outcome('200 mcp(issued)', 'SSI of an exchange', '/exchanges', @good);
is_outcome('200', 'without a token', '/exchanges');
is_outcome('200 mcp(issued) page', 'a mirror of an exchange sees neither token', '/new/mirror', @good);
is_outcome('200 mcp(issued) page', 'nor does who is asked', '/new/asks', @good);
is_outcome('200 mcp(issued) mcp(issued)', 'a mirror into the like has the same', '/new/again', @good);
is_outcome('200 page', 'try_files to a named location', '/new/named', @good);
is_outcome('200 page', 'an error page', '/new/failed', @good);
is_outcome('400', 'the token in the query as well', '/new/query?access_token=good-token-of-the-client', @good);

is $nginx->get('/new', @good)->status, 200, 'an exchange';
is +(values_of((new_requests(1))[0], 'X-Mapped'))[0], 'Bearer issued-for-the-backend', 'a map of the header shows the new token to its location';
$nginx->get($_, @good) for qw(/new/mirror /new/named);
my @seen = grep { (values_of($_, 'X-Backend'))[0] eq 'page' } new_requests(3);
is scalar(@seen), 2, 'two other backends';
is join('', map { values_of($_, 'X-Mapped') } @seen), '', 'it shows them none';
wait_for(5, sub { TestNginx::Report::slurp($nginx->dir . '/access.log') =~ m{/new/named HTTP/1.1\|200} });
my @lines = grep { m{ /new\b} } split /\n/, TestNginx::Report::slurp($nginx->dir . '/access.log');
is scalar(grep { /issued-for|-of-the-client/ } @lines), 0, 'nor does the access log of such a location show any token';

finish();
