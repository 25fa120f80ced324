package TestNginx;

# Runs a real nginx on the configuration that stands in a test, and looks at it from outside: responses, the error log,
# the worker process. `finish` ends everything and fails the test on an alert, a crash, a sanitizer's report or a token
# in the log. Environment: TEST_NGINX_BINARY, TEST_NGINX_LOAD_MODULES (default: build/release/modules/*.so),
# TEST_NGINX_PRELOAD (LD_PRELOAD for nginx: "libasan.so libubsan.so"), TEST_NGINX_VALGRIND=1. To try the tests on an older
# build: TEST_NGINX_WITHOUT="directive ...", which are left out, and TEST_NGINX_CONF, the folder of its snippets.

use v5.36;
use parent 'Exporter';

use Cwd            qw(abs_path);
use File::Basename qw(dirname);
use File::Path     qw(make_path);
use File::Spec;
use File::Temp;
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(sleep time);

use TestNginx::Http;
use TestNginx::Jose;
use TestNginx::Origin;
use TestNginx::Port;
use TestNginx::Report;

our @EXPORT = (@Test::More::EXPORT, @TestNginx::Jose::EXPORT, qw(run_nginx nginx_t run_origin finish wait_for));

our $repository = abs_path(dirname(__FILE__) . '/../../..');
our $conf = $ENV{TEST_NGINX_CONF} // "$repository/conf";    # the snippets
my $valgrind = $ENV{TEST_NGINX_VALGRIND};
our $patience = $valgrind ? 10 : $ENV{TEST_NGINX_PRELOAD} ? 3 : 1;    # factor for every time limit
my @running;

$SIG{$_} = sub { die "ended by a signal\n" } for qw(INT TERM HUP);
$SIG{ALRM} = sub { die "the test took too long\n" };
alarm 240 * $patience;

# --- starting and ending -----------------------------------------------------------------------------------------------

# run_nginx($http_block, { file name => content }, options): the configuration may use %%TESTDIR%%, any number of ports
# (%%PORT%%, %%PORT_BACKEND%%, ...), and in a location %%OK%%, which serves the file "ok". Options: main => text at the
# top level, log_level => 'debug', modules => [...], connections => N, workers => N, allow => qr/a line that the log check shall not
# mind/.
sub run_nginx ($http, $files = {}, %options) {
    my $self = prepare($http, $files, %options);
    $self->launch;
    return $self if $self->wait_until_ready;
    my $log = $self->log;
    $self->kill_now;
    die "nginx did not start:\n$log" . TestNginx::Report::slurp("$self->{dir}/stderr");
}

sub run_origin () { return TestNginx::Origin->start }

# Runs `nginx -t`. Returns whether it passed and its [emerg] and [warn] lines, without time stamps and places; then what
# a sanitizer found; it does not look for leaks, as `nginx -t` ends without giving back what its pools own.
sub nginx_t ($http, $files = {}, %options) {
    my $self = prepare($http, $files, %options);
    my $pid  = $self->spawn(0, binary(), '-t', '-p', "$self->{dir}/", '-c', "$self->{dir}/nginx.conf");
    waitpid $pid, 0;
    my ($status, $dir) = ($?, "$self->{dir}");
    my $output = TestNginx::Report::slurp("$dir/stderr");
    my ($verdict) = $output =~ /^nginx: configuration file \S+ test (is successful|failed)$/m;
    my @lines = $output =~ /(\[(?:emerg|warn)\] .*)/g;
    s/\] \d+#\d+:/]/, s{ in \Q$dir\E/nginx\.conf:\d+\z}{}, s{\Q$dir\E}{%%TESTDIR%%}g for @lines;
    push @lines, "no verdict, status $status" if !$verdict;
    push @lines, map { TestNginx::Report::slurp($_) } glob "$dir/sanitizer.*";
    return (($verdict // '') eq 'is successful', @lines);
}

# Stops what runs, checks how it went, and ends the test file.
sub finish () {
    $_->stop for @running;
    TestNginx::Origin::stop_all();
    return done_testing();
}

END {
    local $?;
    $_->kill_now for @running;
    TestNginx::Origin::stop_all();
}

sub prepare ($http, $files, %options) {
    my $dir  = File::Temp->newdir('prove-nginx-XXXXXX', TMPDIR => 1, CLEANUP => !$ENV{TEST_NGINX_KEEP});
    my $self = bless { dir => $dir, ports => {}, options => \%options }, __PACKAGE__;
    chmod 0755, $dir;
    $self->write_file('html/ok', "ok\n");
    $self->write_file($_, $files->{$_}) for sort keys %$files;
    $self->write_file('nginx.conf', $self->configuration($http));
    return $self;
}

sub configuration ($self, $http) {
    my $options = $self->{options};
    my $modules = join '', map { "load_module $_;\n" } @{ $options->{modules} // [modules()] };
    my $temps   = join '', map { "${_}_temp_path %%TESTDIR%%/tmp_$_;\n" } qw(client_body proxy fastcgi uwsgi scgi);
    my $level   = $options->{log_level} // 'info';
    my $user    = $> == 0 ? 'user root;' : '';    # workers must reach the temporary directory
    my $text    = <<~CONF . ($options->{main} // '') . "http {\naccess_log off;\nkeepalive_requests 10000;\n$temps$http}\n";
        daemon off;
        worker_processes @{[ $options->{workers} // 1 ]};
        $user
        working_directory %%TESTDIR%%;
        pid %%TESTDIR%%/nginx.pid;
        error_log %%TESTDIR%%/error.log $level;
        $modules
        events { worker_connections @{[ $options->{connections} // 512 ]}; }
        CONF
    $text =~ s/\b$_\s[^;{}]*;//g for split ' ', $ENV{TEST_NGINX_WITHOUT} // '';
    $text =~ s/%%(PORT(?:_\w+)?)%%/$self->port($1)/ge;
    $text =~ s/%%TESTDIR%%/$self->{dir}/g;
    $text =~ s/%%OK%%/try_files \/ok =404;/g;
    return $text;
}

sub modules () {
    return split ' ', $ENV{TEST_NGINX_LOAD_MODULES} if defined $ENV{TEST_NGINX_LOAD_MODULES};
    my @found = glob "$repository/build/release/modules/*.so";
    return @found ? @found : die "no module to test: build them, or set TEST_NGINX_LOAD_MODULES\n";
}

sub binary () {
    return $ENV{TEST_NGINX_BINARY} if $ENV{TEST_NGINX_BINARY};
    for my $directory (File::Spec->path, '/usr/sbin', '/usr/local/sbin') {
        return "$directory/nginx" if -x "$directory/nginx";
    }
    die "no nginx found: set TEST_NGINX_BINARY\n";
}

sub launch ($self) {
    my @command = (binary(), '-p', "$self->{dir}/", '-c', "$self->{dir}/nginx.conf");
    unshift @command, TestNginx::Report::valgrind_command($self->{dir}) if $valgrind;
    $self->{pid} = $self->spawn(1, @command);
    push @running, $self;
    return;
}

sub spawn ($self, $looks_for_leaks, @command) {
    my $pid = fork // die "fork: $!\n";
    return $pid if $pid;
    setpgrp;
    open STDERR, '>', "$self->{dir}/stderr" or POSIX::_exit(127);
    open STDOUT, '>&', \*STDERR or POSIX::_exit(127);
    TestNginx::Report::set_sanitizer_options($self->{dir}, $looks_for_leaks);
    exec @command or POSIX::_exit(127);
}

sub wait_until_ready ($self) {
    return wait_for(20, sub { $self->worker_pid || waitpid($self->{pid}, WNOHANG) != 0 }) && $self->worker_pid;
}

# Waits (with patience) until the condition holds; false when it never did.
sub wait_for ($seconds, $condition) {
    my $deadline = time + $seconds * $patience;
    until ($condition->()) {
        return 0 if time > $deadline;
        sleep 0.01;
    }
    return 1;
}

sub stop ($self) {
    my $pid = $self->{pid} // return;
    kill 'QUIT', $pid;
    my $ended = wait_for(10, sub { waitpid($pid, WNOHANG) == $pid });
    my @problems = $ended ? () : "nginx did not end within 10 s of SIGQUIT\n";
    push @problems, "nginx ended with status $?\n" if $ended && $? != 0;
    $ended ? delete $self->{pid} : $self->kill_now;
    push @problems, $self->problems;
    return is(join('', @problems), '', 'nginx ends cleanly: no alert, no crash, no leak, no token in the log');
}

sub kill_now ($self) {
    my $pid = delete $self->{pid} // return;
    kill 'KILL', -$pid;    # the group: workers and cache processes, too
    waitpid $pid, 0;
    return;
}

sub problems ($self) { return TestNginx::Report::problems($self) }

# --- what a test asks about it -----------------------------------------------------------------------------------------

sub dir ($self) { return "$self->{dir}" }

sub port ($self, $name = 'PORT') { return $self->{ports}{$name} //= TestNginx::Port::free() }

sub write_file ($self, $name, $content) {
    my $file = "$self->{dir}/$name";
    make_path(dirname($file));
    open my $out, '>:raw', "$file.new" or die "$file: $!\n";
    print {$out} $content;
    close $out or die "$file: $!\n";
    rename "$file.new", $file or die "$file: $!\n";
    return;
}

sub log ($self, $from = 0) { return substr TestNginx::Report::slurp("$self->{dir}/error.log"), $from }

# A place in the log, to ask later what came after it.
sub log_mark ($self) { return -s "$self->{dir}/error.log" // 0 }

# The lines that our modules wrote.
sub log_lines ($self, $from = 0) { return grep { /auth_jwt|auth_oauth2_token|mcp_/ } split /\n/, $self->log($from) }

sub worker_pids ($self) {
    my $log  = $self->log;
    my %ended = map { $_ => 1 } $log =~ /worker process (\d+) exited/g;
    return grep { !$ended{$_} } $log =~ /start worker process (\d+)/g;
}

# One that has ended may not have been replaced yet.
sub worker_pid ($self) {
    my $pid;
    wait_for(30, sub { defined($pid = ($self->worker_pids)[-1]) }) or die "there is no worker:\n" . TestNginx::Report::slurp("$self->{dir}/stderr") . $self->log;
    return $pid;
}

# What a process of it has in memory, or had at most (VmHWM).
sub kilobytes ($self, $pid = $self->worker_pid, $which = 'VmRSS') {
    return TestNginx::Report::slurp("/proc/$pid/status") =~ /^$which:\s+(\d+)/m ? $1 : die "$pid has no $which\n";
}

# Returns when the new worker is there and the old one has gone.
sub reload ($self) {
    my $before = $self->worker_pid;
    kill 'HUP', $self->{pid};
    my $done = sub { my @workers = $self->worker_pids; @workers == 1 && $workers[0] != $before };
    return wait_for(30, $done) || die "no new worker, or the old one is still there, after the reload:\n" . $self->log;
}

# --- requests ----------------------------------------------------------------------------------------------------------

# get($path, token => ..., headers => ['Name: value', ...], method => ..., body => ..., port => 'PORT_X'), or
# get($path, raw => bytes of a whole request). Returns the one response.
sub get ($self, $path, %request) {
    my @responses = $self->send($path, %request);
    return $responses[0] if @responses == 1;
    die "$path: " . @responses . " responses instead of one\n" . $self->log;
}

sub send ($self, $path, %request) {
    my $port = $self->port($request{port} // 'PORT');
    return TestNginx::Http::exchange($port, $self->request_bytes($path, %request), 20 * $patience);
}

sub request_bytes ($self, $path, %request) {
    $self->keep_out_of_log($request{token}) if defined $request{token};
    return $request{raw} if defined $request{raw};
    my @headers = ('Host: localhost', 'Connection: ' . ($request{connection} // 'close'), @{ $request{headers} // [] });
    push @headers, "Authorization: Bearer $request{token}" if defined $request{token};
    if (defined $request{body}) {
        push @headers, 'Content-Type: application/json' if !grep { /^Content-Type:/i } @headers;
        push @headers, 'Content-Length: ' . length $request{body};
    }
    my $method = $request{method} // 'GET';
    return join "\r\n", "$method $path HTTP/1.1", @headers, '', $request{body} // '';
}

# Sends requests, each [$path, options], over one connection that is kept alive: each when the one before was answered.
sub get_in_turn ($self, @requests) {
    my $connection = TestNginx::Http::open_connection($self->port('PORT'));
    return map {
        my ($path, %request) = @$_;
        TestNginx::Http::send_bytes($connection, $self->request_bytes($path, connection => 'keep-alive', %request));
        TestNginx::Http::read_response($connection, 20 * $patience);
    } @requests;
}

# Sends all requests, each [$path, options], before it reads the first response.
sub get_at_once ($self, @requests) {
    my @connections = map { $self->begin(@$_) } @requests;
    return map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20 * $patience)))[0] } @connections;
}

# Sends a request and leaves it: the caller holds the connection, and closes it by letting it go.
sub begin ($self, $path, %request) {
    my $connection = TestNginx::Http::open_connection($self->port($request{port} // 'PORT'));
    TestNginx::Http::send_bytes($connection, $self->request_bytes($path, %request));
    return $connection;
}

# A GET by HTTP/2 (without TLS), through curl. Dies when there is no response, unless it was to be cut short.
sub get_http2 ($self, $path, %request) {
    $self->keep_out_of_log($request{token}) if defined $request{token};
    my @headers = (@{ $request{headers} // [] }, defined $request{token} ? "Authorization: Bearer $request{token}" : ());
    my $url     = 'http://127.0.0.1:' . $self->port($request{port} // 'PORT') . $path;
    my @command = (qw(curl --silent --include --http2-prior-knowledge --max-time), $request{max_time} // 20 * $patience);
    open my $pipe, '-|:raw', @command, (map { ('--header', $_) } @headers), $url or die "curl: $!\n";
    my $output = do { local $/; <$pipe> };
    close $pipe or $request{max_time} or die "curl ended with $?\n";
    my ($response) = TestNginx::Http::parse_responses($output =~ s{\AHTTP/2 }{HTTP/1.1 }r);
    return $response;
}

# These bytes, and their parts, must not be found in the error log in the end. Tokens that `get` sends count anyway.
sub keep_out_of_log ($self, @secrets) { push @{ $self->{secrets} }, @secrets; return }

# --- the full view of a refusal ----------------------------------------------------------------------------------------

# A request that passes, to be repeated after each refusal.
sub passes_after ($self, $path, %request) { $self->{good} = [$path, %request]; return }

# A refused request: its status (401), exactly one challenge when it is a 401 or `challenge` says which, exactly one log line,
# which matches `reason`; the worker is the same as before, and a good request passes.
sub refuses ($self, $name, %expected) {
    my $status = delete $expected{status} // 401;
    my ($path, $reason, $challenge) = delete @expected{qw(path reason challenge)};
    my ($mark, $worker) = ($self->log_mark, $self->worker_pid);
    return subtest $name => sub {
        my $response = $self->get($path // '/ok', %expected);
        is $response->status, $status, "status $status";
        my @challenges = $response->headers('WWW-Authenticate');
        is @challenges, $status == 401 || $challenge ? 1 : 0, 'number of challenges';
        like $challenges[0], $challenge, 'the challenge' if $challenge;
        my @lines = $self->log_lines($mark);
        is @lines, 1, 'exactly one log line' or diag explain \@lines;
        like $lines[0], $reason, 'it names the reason' if $reason;
        is $self->worker_pid, $worker, 'the same worker lives';
        my ($good_path, %good) = @{ $self->{good} // return };
        is $self->get($good_path, %good)->status, 200, 'the next good request passes';
    };
}

1;
