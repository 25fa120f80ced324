# A background subrequest (mirror) or one in memory (SSI) cannot ask the authorization server: nginx never ends the first
# and refuses the second. It passes when the answer is there already, or another request brings it; else it is refused.
# That the worker ends on QUIT is the last test of the file: a subrequest that never ends would hold it.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
$as->answer('/introspect', body => '{"active":true,"sub":"alice"}');
$as->answer('/exchange', body => to_json({ access_token => 'issued', token_type => 'Bearer', expires_in => 60,
    issued_token_type => 'urn:ietf:params:oauth:token-type:access_token' }));
$as->answer('/backend', body => 'seen');
my $page = '<!--# include virtual="/inside" set="answer" -->[<!--# echo var="answer" -->]';
my $nginx = run_nginx(<<"CONF", { 'html/page.shtml' => $page });
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    log_format subrequests "\$uri \$status";
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log subrequests;
        log_subrequest on;
        auth_oauth2_token_introspect_endpoint /_as/introspect;
        auth_oauth2_token_token_endpoint /_as/exchange;
        auth_oauth2_token_phase preaccess;
        location /judged   { auth_oauth2_token_introspect on; %%OK%% }
        location /cached   { auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=one:1m; %%OK%% }
        location /mirrored { mirror /_mirror; %%OK%% }
        location /mirrored/cached   { mirror /_cached; %%OK%% }
        location /mirrored/exchange { mirror /_exchange; %%OK%% }
        location /page.shtml { ssi on; default_type text/html; }
        location = /inside  { auth_oauth2_token_introspect on; %%OK%% }
        location = /_mirror { internal; auth_oauth2_token_introspect on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location = /_cached { internal; auth_oauth2_token_introspect on; auth_oauth2_token_introspect_cache zone=one:1m; proxy_pass http://127.0.0.1:$as_port/backend; }
        location = /_exchange { internal; auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:$as_port/backend; }
        location /_as/ { internal; log_subrequest off; proxy_pass http://127.0.0.1:$as_port/; }
    }
CONF

my $seen = 0;

# The lines of the access log that came since the last call, as soon as there are so many.
sub accesses ($number) {
    my @lines;
    wait_for(10, sub { (@lines = split /\n/, TestNginx::Report::slurp($nginx->dir . '/access.log')) >= $seen + $number });
    @lines = @lines[$seen .. $#lines];
    $seen += @lines;
    return join ', ', sort @lines;
}
sub asked ($path = '/introspect')    { return scalar(() = $as->requests($path)) }
sub mirrored () { return asked('/backend') }

# --- what cannot be judged is refused -------------------------------------------------------------------------------------

for (['an unknown token', '/mirrored', '/_mirror', '/introspect'], ['with a cache that does not have it', '/mirrored/cached', '/_cached', '/introspect'],
    ['a token to be exchanged', '/mirrored/exchange', '/_exchange', '/exchange']) {
    my ($name, $path, $mirror, $endpoint) = @$_;
    my $mark = $nginx->log_mark;
    is $nginx->get($path, token => "unknown$mirror")->status, 200, "mirror, $name: the request itself passes";
    is accesses(2), "$mirror 503, /ok 200", "mirror, $name: the subrequest ends with 503";
    is asked($endpoint), 0, "mirror, $name: nobody is asked";
    my @lines = grep { /\[error\]/ } $nginx->log_lines($mark);
    is @lines, 1, "mirror, $name: one line in the log";
    like $lines[0], qr/server_not_asked.*"\/_as$endpoint": a subrequest in the background or in memory cannot have subrequests/, "mirror, $name: it says why";
}
is mirrored(), 0, 'nothing passed';
is $nginx->get('/page.shtml', token => 'unknown-in-memory')->body =~ s/\s+//gr =~ /ok/, '', 'in memory: what is included is refused';
like accesses(2), qr{/inside 503}, 'in memory: with 503';

is $nginx->get('/mirrored')->status, 200, 'no token, the request passes';
is accesses(2), '/_mirror 401, /ok 200', 'no token, the mirror is refused with 401';

# --- what is known passes ---------------------------------------------------------------------------------------------------

is $nginx->get('/cached', token => 'known')->status, 200, 'a token becomes known';
is $nginx->get('/mirrored/cached', token => 'known')->status, 200, 'a known token, the request passes';
ok wait_for(10, sub { mirrored() == 1 }), 'a known token, its mirror passes, too';
accesses(3);

# --- one token, many requests -----------------------------------------------------------------------------------------------

# Until the authorization server has been asked so often.
sub wait_until_asked ($number) { return ok wait_for(10, sub { asked() == $number }), "question $number is under way" }
sub read_status ($connection) { return (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($connection, 20)))[0]->status }

my $before = asked();
$as->answer('/introspect', body => '{"active":true}', delay => 1);
my $leader = $nginx->begin('/judged', token => 'shared');
wait_until_asked($before + 1);
my ($copied, $follower) = map { $nginx->begin($_, token => 'shared') } qw(/mirrored /judged);
is read_status($_), 200, 'a request that shares the question passes' for $leader, $follower, $copied;
ok wait_for(10, sub { mirrored() == 2 }), 'so does the mirror, which waited for the answer of another';
is asked(), $before + 1, 'one question for all';
accesses(4);

$before = asked();
$leader = $nginx->begin('/judged', token => 'orphaned');
wait_until_asked($before + 1);
$follower = $nginx->begin('/judged', token => 'orphaned');
is $nginx->get('/mirrored')->status, 200, 'the worker has come to it';
$copied = $nginx->begin('/mirrored', token => 'orphaned');
is $nginx->get('/mirrored')->status, 200, 'and to the mirror behind it, which has most of its time left';
accesses(4);
undef $leader;
wait_until_asked($before + 2);
is read_status($_), 200, 'the leader is gone: who came before the mirror asks instead' for $follower, $copied;
like accesses(4), qr{/_mirror 503}, 'and the mirror, which cannot, is refused';
is mirrored(), 2, 'it did not pass';

finish();
