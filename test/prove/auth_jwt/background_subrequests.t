# A background subrequest (mirror) or one in memory (SSI) cannot ask for keys: nginx never ends the first and refuses the
# second. It passes with keys that are there; else it is refused. That the worker ends on QUIT is the file's last test.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

my $as      = run_origin();
my $as_port = $as->port;
$as->answer('/jwks', body => jwks('p256'));
$as->answer('/backend', body => 'seen');
my $page = '<!--# include virtual="/inside" set="answer" -->[<!--# echo var="answer" -->]';
my $nginx = run_nginx(<<"CONF", { 'html/page.shtml' => $page, 'jwks.json' => jwks('p256') });
    log_format subrequests "\$uri \$status";
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%TESTDIR%%/access.log subrequests;
        log_subrequest on;
        auth_jwt_phase preaccess;
        location /asking { mirror /_asking; %%OK%% }
        location /file   { mirror /_file; %%OK%% }
        location /page.shtml { ssi on; default_type text/html; }
        location = /inside  { auth_jwt "site"; auth_jwt_key_request /_jwks; %%OK%% }
        location = /_asking { internal; auth_jwt "site"; auth_jwt_key_request /_jwks; proxy_pass http://127.0.0.1:$as_port/backend; }
        location = /_file   { internal; auth_jwt "site"; auth_jwt_key_file jwks.json; proxy_pass http://127.0.0.1:$as_port/backend; }
        location = /_jwks   { internal; log_subrequest off; proxy_pass http://127.0.0.1:$as_port/jwks; }
    }
CONF

my $seen = 0;
sub accesses ($number) {
    my @lines;
    wait_for(10, sub { (@lines = split /\n/, TestNginx::Report::slurp($nginx->dir . '/access.log')) >= $seen + $number });
    @lines = @lines[$seen .. $#lines];
    $seen += @lines;
    return join ', ', sort @lines;
}
my $token = mint('p256');

my $mark = $nginx->log_mark;
is $nginx->get('/asking', token => $token)->status, 200, 'mirror: the request itself passes';
is accesses(2), '/_asking 503, /ok 200', 'mirror: the subrequest ends with 503';
like join("\n", $nginx->log_lines($mark)), qr/keys_unavailable.*"\/_jwks": a subrequest in the background or in memory cannot have subrequests/, 'mirror: the log says why';
unlike $nginx->get('/page.shtml', token => $token)->body, qr/ok/, 'in memory: what is included is refused';
like accesses(2), qr{/inside 503}, 'in memory: with 503';
is scalar(() = $as->requests), 0, 'nobody was asked, and nothing passed';

is $nginx->get('/file')->status, 200, 'no token, the request passes';
is accesses(2), '/_file 401, /ok 200', 'no token, the mirror is refused';
is $nginx->get('/file', token => $token)->status, 200, 'keys that are there, the request passes';
ok wait_for(10, sub { (() = $as->requests('/backend')) == 1 }), 'and so does its mirror';

finish();
