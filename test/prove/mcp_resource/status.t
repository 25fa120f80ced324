# mcp_status: a page for operators, and the same as JSON. What workers have seen is there whichever worker answers, after a reload,
# and after a worker was killed; whatever clients call themselves is text.
use v5.36;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use Encode qw(decode encode);

my $as = run_origin();
my $base = 'http://127.0.0.1:' . $as->port;
$as->answer('/keys', body => jwks('p256'));
$as->answer('/other/keys', status => 503, body => '');

sub run_shown ($more = '', %options) {
    return run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, %options);
        mcp_observe on; mcp_scopes_supported mcp:read mcp:admin;
        server {
            listen 127.0.0.1:%%PORT%%;
            location /mcp { $protected mcp_scope mcp:read; mcp_scope mcp:admin tool=admin_*; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
            location /broken { $protected proxy_pass http://127.0.0.1:%%PORT_BROKEN%%; }
            $more
        }
        server {
            listen 127.0.0.1:%%PORT_STATUS%%;
            location = /status { mcp_status; }
            location = /status.json { mcp_status; }
        }
        server { listen 127.0.0.1:%%PORT_BACK%%; default_type application/json; return 200 '{"jsonrpc":"2.0","id":1,"result":{}}'; }
        server { listen 127.0.0.1:%%PORT_BROKEN%%; return 500; }
CONF
}
sub asked ($nginx, $path, %request) { return $nginx->get($path, port => 'PORT_STATUS', %request) }
# A worker may send what it has just sent, unless something is searched.
sub shows ($nginx, $pattern) { return wait_for(5, sub { page($nginx) =~ $pattern }) }
sub page ($nginx, $query = '') { return decode('UTF-8', asked($nginx, "/status$query")->body, Encode::FB_CROAK) }
sub facts ($nginx, $query = '') { return from_json(asked($nginx, "/status.json$query")->body) }
sub hour ($nginx, $what) { my $sum = 0; $sum += $_->{$what} for @{ facts($nginx, '?id=00000000')->{last_hour} }; return $sum }
sub call ($nginx, $name, %request) { return post($nginx, '/mcp', message('tools/call', name => $name), token => access_token(), %request) }
sub id_of ($response) { return from_json($response->body)->{error}{data}{decision_id} }
sub recent ($nginx, $id) { return @{ facts($nginx, "?id=$id")->{refusals} } }
# The log phase comes behind the answer.
sub seen ($nginx, $id) { return wait_for(5, sub { recent($nginx, $id) }) }

# --- methods and headers ------------------------------------------------------------------------------------------------

my $nginx = run_shown('', workers => 2, allow => qr/exited on signal 9/);
for my $method (qw(POST PUT DELETE OPTIONS)) {
    my $refused = asked($nginx, '/status', method => $method);
    is join(' ', $refused->status, $refused->header('Allow')), '405 GET, HEAD', "$method is refused";
}
my $empty = asked($nginx, '/status');
is $empty->status, 200, 'a page, before there was any request';
is $empty->header('Content-Type'), 'text/html; charset=utf-8', 'HTML';
like $empty->header('Content-Security-Policy'), qr{\Adefault-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\z}, 'which may load nothing, and nobody may frame';
is join('|', map { $empty->header($_) } qw(X-Content-Type-Options X-Frame-Options Referrer-Policy Cache-Control)), 'nosniff|DENY|no-referrer|no-store', 'nor keep, guess at, or be told of';
ok scalar(page($nginx) =~ qr/Nothing has been refused yet/), 'it says that nothing was refused';
ok scalar(page($nginx) !~ qr/<script|src=|href="(?!\?|#)/), 'it loads nothing, and leads nowhere else';
is asked($nginx, '/status', method => 'HEAD')->body, '', 'HEAD has no body';
my $json = asked($nginx, '/status.json');
is $json->header('Content-Type'), 'application/json', 'a name that ends in .json is JSON';
is facts($nginx)->{version}, 1, 'with a version';
is $json->header('X-Content-Type-Options'), 'nosniff', 'and nobody guesses';

# --- what requests leave ------------------------------------------------------------------------------------------------

my $refused = call($nginx, 'admin_delete');
is $refused->status, 403, 'a call without the scope is refused';
my $id = id_of($refused);
ok seen($nginx, $id), 'and is among the newest';
my ($found) = recent($nginx, $id);
is join('|', map { $found->{$_} // '' } qw(reason status resource sub method name address http_method)), "scope_insufficient|403|$resource|alice|tools/call|admin_delete|127.0.0.1|POST", 'who called what, and why not'
    or diag to_json($found);
like $found->{what_to_do}, qr/\ALet the client request the scope\./, 'and what to do';
unlike $found->{what_to_do}, qr/[`]|\]\(/, 'in plain text';
is $found->{missing_scopes}, 'mcp:admin', 'and the scope that is missing';
my $shown = page($nginx, "?id=$id");
ok scalar($shown =~ qr{<h2 id="found-heading">Refusal $id</h2>}), 'it is found by the id that the client has';
ok scalar($shown =~ qr{<code>scope_insufficient</code>: the token does not have the required scope}), 'with the reason';
ok scalar($shown =~ qr{<dt>What to do</dt><dd>Let the client request the scope}), 'and what to do';
like $shown, qr{<dt>Missing scopes</dt><dd><bdi>mcp:admin</bdi>}, 'and the scope that is missing';
is scalar(@{ facts($nginx, "?id=$id")->{refusals} }), 1, 'JSON has the one';
my ($line) = $nginx->log =~ /refused with 403 (\(\S+\)):/;
for my $typed (uc $id, $line, "%28$id%29%3A", "+$id+", "%22$id%22,", "%60$id%60") {
    is join('|', map { $_->{id} } recent($nginx, $typed)), $id, "it is found as $typed";
}
is scalar(@{ facts($nginx, '?id=00000000x')->{refusals} }), 0, 'or none';
ok scalar(page($nginx, '?id=00000000x') =~ qr/Not found/), 'and the page says so';

my $anonymous = $nginx->get('/mcp', method => 'POST', body => message('tools/list'));
ok seen($nginx, id_of($anonymous)), 'a request without a token is there, too';
is join('|', map { $_->{reason}, $_->{sub} // 'nobody' } recent($nginx, id_of($anonymous))), 'credentials_missing|nobody', 'of nobody known';
ok shows($nginx, qr{<a href="\#reason-credentials_missing">}), 'its reason leads';
ok scalar(page($nginx) =~ qr{<tr role="row" id="reason-credentials_missing">}), 'to what to do about it';

is call($nginx, 'echo')->status, 200, 'a call passes';
is $nginx->get('/broken', method => 'POST', body => message('tools/list'), token => access_token())->status, 500, 'another meets an error of the backend';
ok wait_for(5, sub { hour($nginx, 'failed') == 1 }), 'which is counted as failed';
is join(' ', map { hour($nginx, $_) } qw(passed failed refused)), '1 1 2', 'as the others are';
ok shows($nginx, qr/<desc id="decisions-description">1 passed, 1 failed, 2 refused/), 'and drawn';

# --- strangers choose names ---------------------------------------------------------------------------------------------

my @hostile = ('admin_<script>alert(1)</script>', 'admin_"\'onload=x', "admin_\x{202E}\x{2028}x", 'admin_' . 'ü' x 5000, 'admin_&lt;b&gt;', 'admin_]]>-->');
for my $name (@hostile) {
    my $answer = call($nginx, $name);
    my $of = id_of($answer);
    ok $of && seen($nginx, $of), 'a hostile name is refused, and remembered' or next;
    my $html = page($nginx, "?id=$of");
    ok scalar($html !~ qr/<script|<b>|"'onload|[\x{202E}\x{2028}\x{0}\x{1b}]/), 'it ends no element, and turns no line round';
    ok scalar($html =~ qr{Refusal $of</h2>.*</html>\n\z}s), 'the page is whole';
}
ok shows($nginx, qr/admin_\[U\+202E\]\[U\+2028\]x/), 'what cannot be seen is shown by its number';
for my $odd ('?id=%3Cscript%3E', '?id=%22%3E%3Cb%3E', '?id=%00%ff', '?id=' . 'x' x 5000, '?id', '?id=', '?id=%', '?x&id=%2e%2E', '?id=' . '%F0%9F%99%82' x 40) {
    my $answer = asked($nginx, "/status$odd");
    is $answer->status, 200, 'an odd id: ' . substr $odd, 0, 30;
    unlike $answer->body, qr/<script|<b>|\xff|\x00/, 'is text';
    ok eval { decode('UTF-8', $answer->body, Encode::FB_CROAK); 1 }, 'in UTF-8';
    ok eval { from_json(asked($nginx, "/status.json$odd")->body) }, 'and JSON is JSON';
}
my $token = access_token(sub => "\x{202E}\x{1b}[31m<b>", scope => 'none');
my $odd_subject = call($nginx, 'echo', token => $token);
ok seen($nginx, id_of($odd_subject)), 'a subject may be odd, too';
unlike page($nginx) . asked($nginx, '/status.json')->body, qr/\Q@{[substr $token, 0, 40]}\E|\x{202E}<b>/, 'no token is anywhere, and no markup';

# --- a storm ------------------------------------------------------------------------------------------------------------

for (1 .. 40) { $nginx->get_in_turn((['/mcp', token => 'nonsense']) x 10) }
ok wait_for(5, sub { hour($nginx, 'refused') >= 400 }), 'four hundred are refused';
ok recent($nginx, $id), 'they push out no refusal of a caller whose token was good';
ok wait_for(5, sub { 256 == grep { !defined $_->{sub} } @{ facts($nginx)->{refusals} } }), 'and are bounded';
cmp_ok length asked($nginx, '/status')->body, '<', 150_000, 'as the page is';
cmp_ok scalar(() = page($nginx) =~ /<a href="\?id=/g), '<=', 25, 'which lists the newest';

# --- all workers, a reload, a worker that is killed -----------------------------------------------------------------------

my $before = hour($nginx, 'refused');
my %old = map { $_ => 1 } $nginx->worker_pids;
kill 'HUP', $nginx->{pid};
ok wait_for(30, sub { my @now = $nginx->worker_pids; @now == 2 && !grep { $old{$_} } @now }), 'a reload';
is hour($nginx, 'refused'), $before, 'forgets nothing';
ok recent($nginx, $id), 'no refusal either';
my ($victim) = $nginx->worker_pids;
kill 'KILL', $victim;
ok wait_for(30, sub { my @now = $nginx->worker_pids; @now == 2 && !grep { $_ == $victim } @now }), 'a worker is killed, and replaced';
is join(' ', map { from_json($_->body)->{refusals}[-1]{id} } $nginx->get_at_once((['/status.json', port => 'PORT_STATUS']) x 8)), join(' ', ($id) x 8), 'whichever answers, it knows';
is hour($nginx, 'refused'), $before, 'and counts are as they were';
is call($nginx, 'echo')->status, 200, 'and requests pass';

# --- keys ---------------------------------------------------------------------------------------------------------------

my $keys = run_nginx(<<"CONF", {}, workers => 2);
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp { mcp_resource $resource; mcp_authorization_server https://as.example.com; mcp_jwks $base/keys; %%OK%% }
        location /other { mcp_resource https://mcp.example.com/other; mcp_authorization_server https://other.example.com; mcp_jwks $base/other/keys; %%OK%% }
        location = /status { mcp_status; }
        location = /status.json { mcp_status; }
    }
CONF
sub issuer ($name) { my ($issuer) = grep { $_->{issuer} eq $name } @{ from_json($keys->get('/status.json')->body)->{issuers} }; return $issuer }
my $fetched;    # of whichever worker answers
ok wait_for(10, sub { ($fetched = issuer('https://as.example.com'))->{usable} }), 'keys that were fetched are usable';
cmp_ok $fetched->{age_seconds} // 999, '<', 60, 'and have an age';
ok wait_for(10, sub { defined issuer('https://other.example.com')->{failing_seconds} }), 'those that cannot be fetched fail since some time';
ok !issuer('https://other.example.com')->{usable}, 'and are missing';
like issuer('https://other.example.com')->{failure}, qr/503/, 'with the reason';
is issuer('https://other.example.com')->{source}, "$base/other/keys", 'and where they should be';
ok wait_for(5, sub { $keys->get('/status')->body =~ /1 without keys/ }), 'the page says so at its top';

# --- who is not named in the record is not named here -------------------------------------------------------------------

my $hashed = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256'), key => 'k' x 32 });
    log_format mcp_audit escape=none '\$mcp_audit';
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/audit.log mcp_audit;
        location /mcp { $protected mcp_scope mcp:admin; mcp_audit identity=hash key_file=key; %%OK%% }
        location = /status { mcp_status; }
        location = /status.json { mcp_status; }
    }
CONF
my $hidden = id_of(post($hashed, '/mcp', message('tools/list'), token => access_token(sub => 'zoe', client_id => 'zoes-client')));
sub refusal_there () { return from_json($hashed->get("/status.json?id=$hidden")->body)->{refusals}[0] }
ok wait_for(5, sub { refusal_there() }), 'a refusal of somebody whose name is hashed in the record';
sub record () { open my $in, '<', $hashed->dir . '/audit.log' or return; my @lines = grep { /$hidden/ } <$in>; return @lines ? from_json($lines[0]) : undef }
ok wait_for(5, \&record), 'is recorded';
is join(' ', map { refusal_there()->{$_} } qw(sub client address)), join(' ', map { record()->{$_} } qw(sub client address)), 'and has the same names on the page';
ok scalar($hashed->get("/status?id=$hidden")->body !~ /zoe|127\.0\.0\.1/), 'which are not its own';

# --- a page that is asked for often -------------------------------------------------------------------------------------

my $often = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, workers => 1);
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp { $protected %%OK%% }
        location = /status { mcp_status; }
        location = /status.json { mcp_status; }
    }
CONF
for (1 .. 30) { $often->get_in_turn((['/mcp', token => 'nonsense']) x 10) }    # so that it takes time to make
# In one packet: the page, a refusal, the page, a refusal, ... Each refusal changes it.
sub in_one_packet (@paths) { return map { $_->body } $often->send('', raw => join '', (map { $often->request_bytes($_, connection => 'keep-alive') } @paths), $often->request_bytes('/mcp')) }
sub different (@bodies) { my %seen; return scalar grep { !$seen{$_}++ } @bodies }
for my $path (qw(/status /status.json)) {
    my @pages = grep { length > 2000 } in_one_packet(($path, '/mcp') x 200);
    is scalar @pages, 200, "$path is answered each time";
    cmp_ok different(@pages), '<', 100, 'and made again only when it has been good for nine times as long as that took';
    my $id = id_of(post($often, '/mcp', message('tools/list')));
    ok wait_for(5, sub { $often->get($path)->body =~ /$id/ }), 'then it is new';
    is different(grep { length > 2000 } in_one_packet(("$path?id=$id", '/mcp') x 20)), 20, 'a search is always new';
}

# --- nothing to show ----------------------------------------------------------------------------------------------------

my $bare = run_nginx('server { listen 127.0.0.1:%%PORT%%; location / { mcp_status; } }');
ok scalar($bare->get('/x')->body =~ /No location has mcp_resource/), 'nginx without a resource has a page, too';
is from_json($bare->get('/a.json')->body)->{version}, 1, 'and in JSON';

finish();
